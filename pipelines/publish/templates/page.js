"use strict";
// The two switches and the table by organisation. Text goes in as text only, never as markup.
(() => {
  const root = document.documentElement;
  const data = JSON.parse(document.getElementById("data").textContent);
  const { rows, units, kpis, periods, levels, words } = data;
  const picks = Object.fromEntries(["kpi", "period", "level", "within"].map((n) => [n, document.getElementById(`pick-${n}`)]));
  const table = document.querySelector("table.numbers");
  const body = table.tBodies[0];
  const more = document.querySelector(".more");
  const AT_ONCE = 200;
  const ORDER = ["red", "blocked", "amber", "green", "small_sample", "suppressed", "no_data", "not_started", "no_target"];
  let sort = { by: "unit", down: false };
  let all = false;

  const lang = () => root.dataset.lang;
  const say = (both) => both[lang()];
  const make = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  // Numbers as pipelines/publish/format.py writes them.
  const fixed = (x, digits) => {
    // Rounded half up on the 15 digits a double surely has: 63.15 is stored as 63.1499…, and must read 63.2.
    const size = Math.abs(x) < 1e-5 ? 0 : Math.abs(x);
    const near = size < 1e15 ? Math.round(Number(`${size.toPrecision(15)}e${digits}`)) / 10 ** digits : size;
    const [whole, part] = near.toFixed(digits).split(".");
    return (x < 0 && near ? "-" : "") + whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? `.${part}` : "");
  };
  const scaled = (x, steps) => {
    for (const [reach, size, sign, digits] of steps) if (Math.abs(x) >= reach) return fixed(x / size, digits) + sign;
    return fixed(x, 0);
  };
  const MONEY = { zh: [[1e8, 1e8, "亿", 2], [1e5, 1e4, "万", 1]], en: [[1e9, 1e9, "B", 2], [1e6, 1e6, "M", 2]] };
  const TIME = { minute: { zh: " 分钟", en: " min" }, hour: { zh: " 小时", en: " h" }, day: { zh: " 天", en: " days" } };
  const number = (x, unit) => {
    if (x === null) return "–";
    if (unit === "money") return scaled(x, MONEY[lang()]);
    if (unit === "ratio") return `${fixed(x * 100, 1)}%`;
    if (TIME[unit]) return fixed(x, 1) + say(TIME[unit]);
    return fixed(x, Number.isInteger(x) ? 0 : 1);
  };
  const share = (x) => (x === null ? "–" : `${fixed(x * 100, 1)}%`);
  const change = (x, unit) => {
    if (x === null) return "–";
    let text = fixed(x * 100, 1);
    text = (x > 0 && text !== "0.0" ? "+" : "") + text.replace("-", "−");
    return unit === "ratio" ? text + (lang() === "zh" ? " 个百分点" : " pp") : `${text}%`;
  };

  const mark = (status) => {
    const name = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(name, "svg");
    const use = document.createElementNS(name, "use");
    svg.setAttribute("class", "mark");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `#s-${["green", "amber", "red", "blocked"].includes(status) ? status : "none"}`);
    svg.append(use);
    return svg;
  };
  const depth = (unit) => (units[unit].up < 0 ? 0 : 1 + depth(units[unit].up));
  const under = (unit, top) => top < 0 || unit === top || (units[unit].up >= 0 && under(units[unit].up, top));

  function fill(select, options) {
    const kept = select.value;
    select.replaceChildren(...options.map(([value, text]) => Object.assign(make("option", "", text), { value })));
    if (options.some(([value]) => String(value) === kept)) select.value = kept;
  }
  function fillPicks() {
    fill(picks.kpi, [...kpis.map((k, i) => [i, say(k)]), [-1, say(words.all_kpis)]]);
    fill(picks.level, levels.map((l) => [l.id, say(l)]));
    fill(picks.within, [[-1, say(words.all_units)], ...units.map((u, i) => [i, "\u3000".repeat(depth(i)) + say(u)]).filter(([i]) => units[i].up >= 0)]);
    const grain = root.dataset.grain;
    fill(picks.period, periods.map((p, i) => [i, say(p)]).filter(([i]) => periods[i].grain === grain));
  }

  const RANK = {
    unit: (i) => rows.u[i] * kpis.length + rows.k[i],
    v: (i) => rows.v[i], a: (i) => rows.a[i], c: (i) => rows.c[i], s: (i) => ORDER.indexOf(rows.s[i]),
  };
  function chosen() {
    const [kpi, period, within] = [picks.kpi, picks.period, picks.within].map((p) => Number(p.value));
    const level = picks.level.value;
    const found = [];
    for (let i = 0; i < rows.k.length; i += 1) {
      if ((kpi < 0 || rows.k[i] === kpi) && rows.p[i] === period && levels[rows.l[i]].id === level && under(rows.u[i], within)) found.push(i);
    }
    const rank = RANK[sort.by];
    return found.sort((a, b) => {
      const [x, y] = [rank(a), rank(b)];
      if (x === null || y === null) return (x === null) - (y === null);   // what is not known comes last either way
      return sort.down ? y - x : x - y;
    });
  }
  function line(i) {
    const [unit, kpi] = [units[rows.u[i]], kpis[rows.k[i]]];
    const row = make("tr");
    const head = Object.assign(make("th", "", say(unit)), { scope: "row" });
    if (unit.up >= 0 && units[unit.up].up >= 0) head.append(" ", make("small", "", say(units[unit.up])));
    const cell = (text, column) => {
      const made = make("td", "n", text);
      made.dataset.label = table.tHead.rows[0].cells[column].innerText.trim();
      return made;
    };
    const state = make("td", rows.s[i]);
    state.append(mark(rows.s[i]), say(data.status[rows.s[i]]));
    if (rows.q[i] === "warn") state.append(" ", make("small", "", `! ${say(data.quality.warn)}`));
    for (const said of data.broken[i] || []) state.append(make("small", "why", say(said)));
    row.append(
      head, make("td", "of-kpi", say(kpi)), cell(number(rows.v[i], kpi.unit), 2), cell(number(rows.t[i], kpi.unit), 3),
      cell(share(rows.a[i]), 4), state, cell(change(rows.c[i], kpi.unit), 6),
    );
    return row;
  }
  function draw() {
    const found = chosen();
    const shown = all ? found : found.slice(0, AT_ONCE);
    body.replaceChildren(...shown.map(line));
    table.classList.toggle("one-kpi", picks.kpi.value !== "-1");
    for (const button of table.tHead.querySelectorAll("[data-sort]")) {
      const th = button.parentElement;
      if (button.dataset.sort === sort.by) th.setAttribute("aria-sort", sort.down ? "descending" : "ascending");
      else th.removeAttribute("aria-sort");
    }
    more.replaceChildren(found.length ? "" : say(words.no_rows));
    if (shown.length < found.length) {
      const button = Object.assign(make("button", "", `${say(words.show_all)} (${fixed(found.length, 0)})`), { type: "button" });
      button.addEventListener("click", () => { all = true; draw(); });
      more.append(button);
    }
  }

  const remember = (name, value) => { try { localStorage.setItem(`kpi-${name}`, value); } catch { /* a file:// page may have no storage */ } };
  const recall = (name) => { try { return localStorage.getItem(`kpi-${name}`); } catch { return null; } };
  function set(name, value) {
    root.dataset[name] = value;
    if (name === "lang") {
      root.lang = value === "zh" ? "zh-CN" : "en";
      for (const link of document.querySelectorAll('a[href^="catalogue/"]')) link.search = `?lang=${value}`;
    }
    for (const button of document.querySelectorAll(`[data-set-${name}]`)) {
      button.setAttribute("aria-pressed", String(button.getAttribute(`data-set-${name}`) === value));
    }
    fillPicks();
    draw();
  }
  for (const name of ["lang", "grain"]) {
    for (const button of document.querySelectorAll(`[data-set-${name}]`)) {
      button.addEventListener("click", () => { const value = button.getAttribute(`data-set-${name}`); remember(name, value); set(name, value); });
    }
  }
  for (const select of Object.values(picks)) select.addEventListener("change", () => { all = false; draw(); });
  for (const button of table.tHead.querySelectorAll("[data-sort]")) {
    button.addEventListener("click", () => {
      const by = button.dataset.sort;
      sort = { by, down: sort.by === by ? !sort.down : by !== "unit" && by !== "s" };
      draw();
    });
  }

  document.querySelector(".controls").hidden = false;
  table.hidden = false;
  const asked = new URLSearchParams(location.search);
  const known = (name, value) => value && document.querySelector(`[data-set-${name}="${CSS.escape(value)}"]`);
  for (const name of ["grain", "lang"]) {
    const value = [asked.get(name), recall(name)].find((v) => known(name, v));
    set(name, value || root.dataset[name]);
  }
  picks.level.value = levels.some((l) => l.id === "team") ? "team" : levels[0] && levels[0].id;
  draw();
})();
