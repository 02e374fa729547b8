// The trend of one KPI: line, target, forecast band; read by eye, by pointer, by arrow keys and as a table.
const HEIGHT = 300;
const EDGE = { top: 16, right: 18, bottom: 42, left: 72 };

function ticks(low, high) {
  const rough = (high - low || Math.abs(high) || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough - power * 1e-9);
  const first = Math.floor(low / step) * step;
  const found = [];
  for (let at = first; at < high + step * 0.999; at += step) found.push(Math.abs(at) < step * 1e-9 ? 0 : at);
  return found;
}

// `points`: one per period, null where nothing is known; `running`: where the last one lands, or null.
function chart(points, periods, unit, running, partial) {
  const room = document.getElementById("main").clientWidth;
  const width = Math.max(280, room - (window.innerWidth > 980 ? 366 : window.innerWidth > 640 ? 46 : 30));   // as page_views.css sets it
  const known = points.flatMap((one) => (one ? [one.v, one.t] : [])).concat(running ? [running.low, running.high, running.at] : []).filter((v) => v !== null);
  if (!known.some((v) => v !== null)) return el("p", { class: "empty" }, word("no_series"));
  let [low, high] = [Math.min(...known), Math.max(...known)];
  if (low > 0 && low < high * 0.6) low = 0;
  const scale = ticks(low, high);
  [low, high] = [scale[0], scale.at(-1)];
  const left = width < 520 ? 56 : EDGE.left;
  const step = (width - left - EDGE.right) / Math.max(points.length - 1, 1);
  const x = (i) => left + i * step;
  const y = (v) => EDGE.top + (1 - (v - low) / (high - low || 1)) * (HEIGHT - EDGE.top - EDGE.bottom);
  const at = (i, v) => `${x(i).toFixed(1)} ${y(v).toFixed(1)}`;
  const last = points.length - 1;
  const solid = points.map((one, i) => (partial && i === last ? null : one));
  const line = (some, of) => some.map((one, i) => (one && one[of] !== null ? `${i && some[i - 1] && some[i - 1][of] !== null ? "L" : "M"}${at(i, one[of])}` : "")).join("");
  const steps = points.map((one, i) => (one && one.t !== null ? `M${(x(i) - step / 2).toFixed(1)} ${y(one.t).toFixed(1)}h${step.toFixed(1)}` : "")).join("");
  const every = Math.ceil(points.length / Math.max(4, Math.floor((width - left) / 46)));
  const cursor = svg("line", { class: "cursor", y1: EDGE.top, y2: HEIGHT - EDGE.bottom, visibility: "hidden" });
  const dots = points.map((one, i) => one && one.v !== null && svg("circle", { class: `dot ${one.s}${partial && i === last ? " open" : ""}`, cx: x(i).toFixed(1), cy: y(one.v).toFixed(1), r: points.length > 24 ? 2.5 : 3.2 }));
  const before = solid.findLastIndex((one) => one && one.v !== null);
  const drawn = svg("svg", { class: "chart", viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", tabindex: 0, "aria-label": `${word("trend")}. ${word("trend_hint")}` },
    scale.map((v) => svg("g", {}, svg("line", { class: "grid", x1: left, x2: width - EDGE.right, y1: y(v).toFixed(1), y2: y(v).toFixed(1) }),
      svg("text", { class: "axis", x: left - 10, y: (y(v) + 4).toFixed(1), "text-anchor": "end" }, axisNumber(v, unit, scale[1] - scale[0])))),
    periods.map((one, i) => {
      const isYear = i === 0 || one.short[2] !== periods[i - 1].short[2];
      return [
        (last - i) % every === 0 && svg("text", { class: "axis", x: x(i).toFixed(1), y: HEIGHT - 22, "text-anchor": "middle" }, one.short[lang() === "zh" ? 0 : 1]),
        isYear && svg("text", { class: "axis year", x: x(i).toFixed(1), y: HEIGHT - 5, "text-anchor": i ? "middle" : "start" }, one.short[2]),
        isYear && i > 0 && svg("line", { class: "grid year", x1: (x(i) - step / 2).toFixed(1), x2: (x(i) - step / 2).toFixed(1), y1: EDGE.top, y2: HEIGHT - EDGE.bottom }),
      ];
    }),
    running && before >= 0 && before < last && running.low !== null && svg("path", { class: "band", d: `M${at(before, solid[before].v)}L${at(last, running.high)}L${at(last, running.low)}Z` }),
    running && before >= 0 && before < last && svg("path", { class: "course", d: `M${at(before, solid[before].v)}L${at(last, running.at)}` }),
    running && svg("path", { class: "lands-at", d: `M${at(last, running.at)}m-5 0l5 -5l5 5l-5 5z` }),
    svg("path", { class: "goal", d: steps }),
    svg("path", { class: "line", d: line(solid, "v") }),
    cursor, dots);
  return withReadout(drawn, points, periods, unit, x, cursor);
}

// Ticks share their decimals: 0, 250万, 500万.
function axisNumber(v, unit, step) {
  if (unit === "ratio") return `${fixed(v * 100, step * 100 < 1 ? 1 : 0)}%`;
  if (unit === "money") {
    const [, size, sign] = MONEY[lang()].find(([reach]) => step * 4 >= reach) || [0, 1, ""];
    return fixed(v / size, (step / size) % 1 ? 1 : 0) + (v ? sign : "");
  }
  return fixed(v, step % 1 ? 1 : 0);
}

function withReadout(drawn, points, periods, unit, x, cursor) {
  const readout = el("p", { class: "readout", role: "status" });
  let chosen = points.findLastIndex((one) => one);
  const show = (i) => {
    chosen = Math.min(Math.max(i, 0), points.length - 1);
    const one = points[chosen];
    cursor.setAttribute("x1", x(chosen));
    cursor.setAttribute("x2", x(chosen));
    readout.replaceChildren(el("b", {}, say(periods[chosen])), ...(one ? [
      el("span", {}, word("actual"), " ", el("b", {}, number(one.v, unit))),
      one.goal && el("span", {}, word("target"), " ", el("b", {}, number(one.t, unit))),
      one.goal && el("span", {}, word(one.pace ? "on_pace" : "attainment"), " ", el("b", {}, share(one.a))),
      one.c !== null && el("span", {}, word("last_year"), " ", el("b", {}, change(one.c, unit))),
      el("span", { class: one.s }, mark(one.s), named(known.statuses, one.s)),
    ].filter(Boolean) : [el("span", {}, say(known.statuses.find((s) => s.id === "no_data")))]));
  };
  const over = (event) => {
    const box = drawn.getBoundingClientRect();
    const at = ((event.clientX - box.left) / box.width) * drawn.viewBox.baseVal.width;
    cursor.setAttribute("visibility", "visible");
    show(points.reduce((best, _, i) => (Math.abs(x(i) - at) < Math.abs(x(best) - at) ? i : best), 0));
  };
  drawn.addEventListener("pointermove", over);
  drawn.addEventListener("pointerleave", () => { cursor.setAttribute("visibility", "hidden"); show(points.findLastIndex((one) => one)); });
  drawn.addEventListener("focus", () => { cursor.setAttribute("visibility", "visible"); show(chosen); });
  drawn.addEventListener("blur", () => cursor.setAttribute("visibility", "hidden"));
  drawn.addEventListener("keydown", (event) => {
    const to = { ArrowLeft: chosen - 1, ArrowRight: chosen + 1, Home: 0, End: points.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    show(to);
  });
  show(chosen);
  return el("figure", { class: "trend" }, readout, drawn);
}

function figuresTable(points, periods, unit) {
  const head = ["period", "actual", "target", "reached", "status", "last_year", "quality"];
  const body = points.map((one, i) => one && el("tr", {}, el("th", { scope: "row" }, say(periods[i])),
    el("td", { class: "n" }, number(one.v, unit)), el("td", { class: "n" }, number(one.t, unit)), el("td", { class: "n" }, share(one.a)),
    el("td", { class: one.s }, mark(one.s), named(known.statuses, one.s)), el("td", { class: "n" }, change(one.c, unit)),
    el("td", {}, named(known.qualities, one.q)))).filter(Boolean).reverse();
  return el("details", { class: "all-figures" }, el("summary", {}, word("figures")),
    el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": word("figures") }, el("table", { class: "history" },
      el("thead", {}, el("tr", {}, head.map((key, i) => el("th", { scope: "col", class: [1, 2, 3, 5].includes(i) ? "n" : "" }, word(key))))), el("tbody", {}, body))));
}
