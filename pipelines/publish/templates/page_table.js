// The units below one, by KPI: sorted, filtered by name, a hundred at a time.
const AT_ONCE = 100;
const ORDER = ["red", "blocked", "amber", "green", "small_sample", "suppressed", "no_data", "not_started", "no_target"];
const isUnder = (data, unit, top) => unit === top || (data.units[unit].up >= 0 && isUnder(data, data.units[unit].up, top));

// What can be chosen below `unit`: one level down, or a level of all that lies below.
function levelsBelow(data, unit, grain) {
  const { u, l } = data.blocks[grain];
  const found = new Set();
  for (let i = 0; i < u.length; i += 1) if (l[i] > data.units[unit].l && !found.has(l[i]) && isUnder(data, u[i], unit)) found.add(l[i]);
  return data.levels.map((_, i) => i).filter((i) => found.has(i));
}
function seriesBelow(data, unit, grain, kpi, level) {
  const block = data.blocks[grain];
  if (level === "direct") return data.childrenOf[unit].map((child) => block.of(kpi, child)).filter((i) => i !== undefined);
  const found = [];
  for (let i = 0; i < block.k.length; i += 1) if (block.k[i] === kpi && block.l[i] === Number(level) && block.u[i] !== unit && isUnder(data, block.u[i], unit)) found.push(i);
  return found;
}

// The first KPI that has a goal and is known one level down; else the first that is known there.
function firstKpi(data, unit, grain) {
  const block = data.blocks[grain];
  const has = (kpi, asked) => data.childrenOf[unit].some((child) => { const i = block.of(kpi, child); const now = i === undefined ? null : block.cell(i, block.count - 1); return now && asked(now); });
  const all = data.kpis.map((_, kpi) => kpi);
  return all.find((kpi) => has(kpi, (now) => now.goal && now.a !== null)) ?? all.find((kpi) => has(kpi, () => true)) ?? 0;
}

function unitTable(data, unit, grain, fixedKpi) {
  if (!data.childrenOf[unit].length) return el("p", { class: "empty" }, word("no_below"));
  const block = data.blocks[grain];
  const state = { kpi: fixedKpi ?? firstKpi(data, unit, grain), level: "direct", period: block.count - 1, by: "unit", down: false, from: 0, filter: "" };
  const body = el("tbody");
  const head = el("thead");
  const foot = el("div", { class: "pager", "aria-live": "polite" });
  const option = (value, text, chosen) => el("option", { value, selected: chosen }, text);
  const pick = (name, options) => {
    const select = el("select", { onchange: () => { state[name] = name === "level" ? select.value : Number(select.value); state.from = 0; draw(); } }, options);
    return el("label", { class: "control" }, el("span", {}, word(name)), select);
  };
  const periods = data.grains[grain].periods;
  const controls = el("div", { class: "controls" },
    fixedKpi === undefined && pick("kpi", data.kpis.map((one, i) => option(i, say(one), i === state.kpi))),
    pick("period", periods.map((one, i) => option(i, say(one), i === state.period)).reverse()),
    pick("level", [option("direct", word("direct"), true), ...levelsBelow(data, unit, grain).map((l) => option(l, say(data.levels[l])))]),
    el("label", { class: "control" }, el("span", {}, word("filter")), el("input", { type: "search", autocomplete: "off", oninput: (event) => { state.filter = event.target.value.trim().toLowerCase(); state.from = 0; draw(); } })));

  const rank = {
    unit: (one) => one.unit, v: (one) => one.now.v, a: (one) => one.now.a, c: (one) => one.now.c, s: (one) => ORDER.indexOf(one.now.s),
  };
  function chosen() {
    const fits = (one) => !state.filter || [one.zh, one.en, one.id].some((text) => text.toLowerCase().includes(state.filter));
    const found = seriesBelow(data, unit, grain, state.kpi, state.level)
      .map((series) => ({ series, unit: block.u[series], now: block.cell(series, state.period) }))
      .filter((one) => one.now && fits(data.units[one.unit]));
    return found.sort((a, b) => {
      const [x, y] = [rank[state.by](a), rank[state.by](b)];
      if (x === null || y === null) return (x === null) - (y === null);   // what is not known comes last either way
      return state.down ? y - x : x - y;
    });
  }
  function heading(by, key, className) {
    const sorted = state.by === by ? (state.down ? "descending" : "ascending") : null;
    return el("th", { scope: "col", class: className, "aria-sort": sorted }, el("button", { type: "button", onclick: () => {
      state.down = state.by === by ? !state.down : by !== "unit" && by !== "s";
      state.by = by;
      draw();
      head.querySelector("[aria-sort] button").focus();
    } }, word(key)));
  }
  function line(one) {
    const about = data.kpis[state.kpi];
    const { now } = one;
    const above = data.units[one.unit].up;
    const cells = Array.from({ length: Math.min(13, state.period + 1) }, (_, i, count = Math.min(13, state.period + 1)) => block.cell(one.series, state.period - count + 1 + i));
    const goal = state.period === block.count - 1 && now.goal ? goalOf(data, state.kpi, one.unit, grain) : null;
    return el("tr", {},
      el("th", { scope: "row" }, el("a", { href: toUnit(data, one.unit) }, say(data.units[one.unit])), state.level !== "direct" && above >= 0 && el("small", {}, ` ${say(data.units[above])}`)),
      el("td", { class: "n", "data-label": word("actual") }, el("a", { href: toKpi(data, state.kpi, one.unit) }, number(now.v, about.unit))),
      el("td", { class: "n", "data-label": word("target") }, number(now.t, about.unit)),
      el("td", { class: `n reach ${now.s}`, "data-label": word(now.pace ? "on_pace" : "attainment") }, share(now.a), now.a !== null && bar(now.a)),
      el("td", { class: now.s }, mark(now.s), named(data.statuses, now.s), now.q !== "ok" && now.v !== null && el("small", { class: "doubt", title: named(data.qualities, now.q) }, " !"),
        goal !== null && brokenLinks(data, goal).map((said) => el("small", { class: "why" }, said))),
      el("td", { class: `n change ${trendOf(now.c, about.way)}`, "data-label": word("last_year") }, change(now.c, about.unit)),
      el("td", { class: "line-cell" }, spark(cells.map((cell) => cell && cell.v), cells.map((cell) => cell && cell.t), data.grains[grain].partial && state.period === block.count - 1)));
  }
  function pager(total) {
    const turn = (key, from) => el("button", { type: "button", disabled: from < 0 || from >= total, onclick: () => { state.from = from; draw(); } }, word(key));
    if (!total) return [word("no_rows")];
    if (total <= AT_ONCE) return [];
    return [turn("previous", state.from - AT_ONCE), el("span", {}, word("shown_of", fixed(state.from + 1, 0), fixed(Math.min(state.from + AT_ONCE, total), 0), fixed(total, 0))), turn("next", state.from + AT_ONCE)];
  }
  function draw() {
    const found = chosen();
    head.replaceChildren(el("tr", {}, heading("unit", "unit"), heading("v", "actual", "n"), el("th", { scope: "col", class: "n" }, word("target")), heading("a", "reached", "n"), heading("s", "status"), heading("c", "last_year", "n"), el("th", { scope: "col" }, word("trend"))));
    body.replaceChildren(...found.slice(state.from, state.from + AT_ONCE).map(line));
    foot.replaceChildren(...pager(found.length));
  }
  draw();
  return [controls, el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": word("below") }, el("table", { class: "numbers" }, head, body)), foot];
}
