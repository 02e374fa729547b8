// Which view is shown: the address after # says it, so that each can be linked to, and back goes back.
let known = null;
let nameFinder = () => {};
const views = [...document.querySelectorAll("main > .view")];
const drill = document.getElementById("drill");
const goalsSection = document.getElementById("goals");

function asked() {
  const hash = decodeHash(location.hash.slice(1));
  const [kind, ...rest] = hash;
  if (kind.startsWith("quality")) return { view: "quality", tab: "quality", row: kind === "quality" ? null : kind };
  if (kind === "goals") return { view: "goals", tab: "goals", unit: rest[0] };
  if (kind === "kpi" || kind === "unit") return { view: "drill", tab: "scorecard", kind, kpi: kind === "kpi" ? rest[0] : null, unit: rest[kind === "kpi" ? 1 : 0] };
  if (views.some((view) => view.id === kind) && kind !== "drill") return { view: kind, tab: kind };
  const target = kind && document.getElementById(kind);   // a part of a view, as #scorecards
  const within = target && target.closest("main > .view");
  return within ? { view: within.id, tab: within.id, row: kind } : { view: "scorecard", tab: "scorecard" };
}
function decodeHash(text) {
  try { return text.split("/").map(decodeURIComponent); } catch { return [""]; }
}

async function route(byUser = true) {
  const to = asked();
  if (to.view === "drill" && to.kind === "unit" && known && known.unitAt.get(to.unit) === 0) to.view = "scorecard";
  for (const view of views) view.hidden = view.id !== to.view;
  for (const tab of document.querySelectorAll("[data-tab]")) {
    if (tab.dataset.tab === to.tab) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  if (to.view === "drill" || to.view === "goals") await fill(to);
  if (!byUser) return;
  if (to.row) arrive(document.getElementById(to.row));
  else {
    window.scrollTo(0, 0);
    document.querySelector("main > .view:not([hidden])")?.querySelector("h2[tabindex]")?.focus({ preventScroll: true });
  }
}
function arrive(row) {
  for (const one of document.querySelectorAll(".arrived")) one.classList.remove("arrived");
  if (!row) return;
  row.classList.add("arrived");
  row.scrollIntoView({ block: "center" });
  row.focus({ preventScroll: true });
}

async function fill(to) {
  const host = to.view === "goals" ? goalsSection : drill;
  if (!known) host.replaceChildren(el("p", { class: "empty" }, words.reading_figures ? word("reading_figures") : "…"));
  const data = await ready();
  if (!data) return;
  if (to.view === "drill" && !data.blocks[page.dataset.grain]) { host.replaceChildren(el("p", { class: "empty" }, word("nothing"))); return; }
  const unit = to.unit === undefined ? 0 : data.unitAt.get(to.unit);
  const kpi = to.kpi ? data.kpiAt.get(to.kpi) : null;
  if (unit === undefined || kpi === undefined) host.replaceChildren(el("p", { class: "empty" }, word("gone")), el("p", {}, el("a", { href: "#scorecard" }, word("tab_scorecard"))));
  else if (to.view === "goals") host.replaceChildren(...goalsView(data, unit).flat().filter(Boolean));
  else if (unit === 0 && kpi === null) { location.replace("#scorecard"); return; }
  else host.replaceChildren(...(kpi === null ? unitView(data, unit) : kpiView(data, kpi, unit)).flat(2).filter(Boolean));
}

function unitView(data, unit) {
  const grain = page.dataset.grain;
  return [
    breadcrumb(data, unit, toUnit),
    el("h2", { class: "of-unit", tabindex: -1 }, say(data.units[unit]), el("small", {}, ` ${levelName(data, unit)}`), el("a", { class: "beside", href: toGoals(data, unit) }, word("tab_goals"))),
    headline(data, unit, grain), cardsOf(data, unit, grain), below(data, unit, grain),
  ];
}
const levelName = (data, unit) => { const one = data.levels.find((level) => level.id === data.units[unit].level); return one ? say(one) : ""; };
function below(data, unit, grain, kpi) {
  if (!data.childrenOf[unit].length) return null;
  return el("section", { class: "sheet units" }, el("h2", {}, word("below")), unitTable(data, unit, grain, kpi));
}

function kpiView(data, kpi, unit) {
  const grain = page.dataset.grain;
  const about = data.kpis[kpi];
  const block = data.blocks[grain];
  const series = block.of(kpi, unit);
  const { periods, partial } = data.grains[grain];
  const points = series === undefined ? [] : recent(block, series, block.width(series));
  const now = points.at(-1);
  const goal = now && now.goal ? goalOf(data, kpi, unit, grain) : null;
  const { goals } = data;
  const running = goal !== null && goals.method[goal] && goals.landing[goal] !== null ? { at: goals.landing[goal], low: goals.landing_low[goal], high: goals.landing_high[goal] } : null;
  const shown = periods.slice(-points.length);
  const isShort = series !== undefined && block.width(series) < block.count;
  return [
    breadcrumb(data, unit, (all, one) => toKpi(all, kpi, one), true),
    el("h2", { class: "of-unit", tabindex: -1 }, say(about), el("small", {}, " ", unit > 0 ? el("a", { href: toUnit(data, unit) }, say(data.units[unit])) : say(data.units[unit]))),
    el("div", { class: "detail" },
      el("div", { class: "figure" }, points.length ? [now ? summary(data, kpi, unit, grain, now, goal) : el("p", { class: "empty" }, say(data.statuses.find((one) => one.id === "no_data"))),
        chart(points, shown, about.unit, running, partial), legend(points, running, partial),
        isShort && el("p", { class: "more" }, word("short_history", block.width(series))), figuresTable(points, shown, about.unit)] : el("p", { class: "empty" }, word("no_series"))),
      facts(data, kpi, goal)),
    below(data, unit, grain, kpi),
  ];
}
function summary(data, kpi, unit, grain, now, goal) {
  const about = data.kpis[kpi];
  const lands = goal === null ? null : landing(data, goal, about.unit);
  const notes = goal === null ? [] : [...brokenLinks(data, goal), data.goals.guardrail[goal] && word("guarded", say(data.goals.guardrail[goal]))].filter(Boolean);
  const held = unit === 0 && data.held.find((one) => one.kpi === about.id && one.grain === grain);
  return el("div", { class: `now ${now.s}` },
    el("p", { class: "period" }, say(data.grains[grain].periods.at(-1)), data.grains[grain].partial && el("small", {}, ` ${word("to_date")}`), pill(data, now.s)),
    el("p", { class: "value" }, el("data", { value: now.v ?? "" }, number(now.v, about.unit)), now.c !== null && el("span", { class: `change ${trendOf(now.c, about.way)}` }, change(now.c, about.unit), " ", el("small", {}, word("last_year")))),
    now.goal && el("p", { class: "against" }, el("span", {}, word("target"), " ", el("b", {}, number(now.t, about.unit))), el("span", {}, word(now.pace ? "on_pace" : "attainment"), " ", el("b", {}, share(now.a)))),
    lands && el("p", { class: "lands" }, lands), notes.map((note) => el("p", { class: "held" }, note)), held && el("p", { class: "held" }, say(held)),
    el("p", { class: "foot" }, el("a", { class: `quality ${now.q}`, href: `#quality-${about.id}` }, named(data.qualities, now.q)), el("span", {}, word("as_of"), " ", data.asOf)));
}
function legend(points, running, partial) {
  const key = (name, text) => el("span", { class: `key ${name}` }, text);
  return el("p", { class: "legend", "aria-hidden": "true" }, key("k-line", word("actual")), points.some((one) => one && one.t !== null) && key("k-goal", word("target")), partial && key("k-open", word("to_date")),
    running && key("k-lands", word("landing")), running && running.low !== null && key("k-band", word("forecast")));
}
const called = (data, who) => (data.people[who] ? say(data.people[who]) : who);
function facts(data, kpi, goal) {
  const about = data.kpis[kpi];
  const fact = (key, ...kids) => [el("dt", {}, word(key)), el("dd", {}, kids)];
  return el("aside", { class: "facts-of" }, el("h3", {}, word("definition")), about.says && el("p", {}, say(about.says)),
    el("dl", {}, goal !== null && fact("goal", say(data.names[data.goals.goal[goal]])), fact("formula", el("code", {}, about.formula)), fact("owner", called(data, about.owner), about.mail && [" · ", el("a", { href: about.mail }, word("write_to_owner"))]),
      fact("steward", about.steward ? called(data, about.steward) : "–"), fact("cadence", say(about.cadence)), fact("version", String(about.version))),
    el("p", { class: "links" }, el("a", { href: toCatalogue(about.id) }, word("in_catalogue")), el("a", { href: `#quality-${about.id}` }, word("quality"))));
}

// Unpacked once. Where the browser cannot, the cards stay readable and the reader is told why.
async function ready() {
  if (known) return known;
  try {
    const data = await figures();
    if (known) return known;
    words = data.words;
    known = data;
    nameFinder = finder(data);
    nameFinder();
    return data;
  } catch (error) {
    console.error(error);
    const { oldZh, oldEn } = holder.dataset;
    for (const host of [drill, goalsSection]) host.replaceChildren(el("p", { class: "empty" }, say({ zh: oldZh, en: oldEn })));
    return null;
  }
}
async function drawBelow() {
  const host = document.querySelector("#scorecard > .below");
  const data = await ready();
  if (!data || !data.blocks[page.dataset.grain] || !data.units.length) return;
  host.replaceChildren(...[below(data, 0, page.dataset.grain)].filter(Boolean));
}

const remember = (name, value) => { try { localStorage.setItem(`kpi-${name}`, value); } catch { /* a file:// page may have no storage */ } };
const recall = (name) => { try { return localStorage.getItem(`kpi-${name}`); } catch { return null; } };
const intoCatalogue = [...document.querySelectorAll("a[href]")].map((link) => [link, link.getAttribute("href")]).filter(([, href]) => href.startsWith(holder.dataset.catalogue));
function set(name, value) {
  page.dataset[name] = value;
  if (name === "lang") {
    page.lang = value === "zh" ? "zh-CN" : "en";
    for (const [link, href] of intoCatalogue) link.setAttribute("href", `${href}?lang=${value}`);
  }
  for (const button of document.querySelectorAll(`[data-set-${name}]`)) button.setAttribute("aria-pressed", String(button.getAttribute(`data-set-${name}`) === value));
}
function redraw() {
  nameFinder();
  route(false);
  drawBelow();
}

for (const name of ["lang", "grain"]) {
  for (const button of document.querySelectorAll(`[data-set-${name}]`)) {
    button.addEventListener("click", () => { const value = button.getAttribute(`data-set-${name}`); remember(name, value); set(name, value); redraw(); });
  }
}
document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); document.getElementById("main").focus(); });
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !["INPUT", "SELECT", "TEXTAREA"].includes(document.activeElement.tagName)) { event.preventDefault(); document.getElementById("find").focus(); }
  if (event.key !== "Escape" || !known) return;
  const to = asked();
  const unit = known.unitAt.get(to.unit);
  if (to.kind === "kpi") location.hash = unit > 0 ? toUnit(known, unit) : "#scorecard";
  else if (unit > 0) location.hash = (to.view === "goals" ? toGoals : toUnit)(known, known.units[unit].up);
});
window.addEventListener("hashchange", () => route());
let wide = window.innerWidth;
window.addEventListener("resize", () => { if (Math.abs(window.innerWidth - wide) > 40) { wide = window.innerWidth; if (asked().view === "drill") route(false); } });

const query = new URLSearchParams(location.search);
const offers = (name, value) => value && document.querySelector(`[data-set-${name}="${CSS.escape(value)}"]`);
for (const name of ["grain", "lang"]) set(name, [query.get(name), recall(name)].find((value) => offers(name, value)) || page.dataset[name]);
page.dataset.script = "on";
route(location.hash.length > 1);
// What is below the first screen waits until the first screen stands.
requestAnimationFrame(() => setTimeout(drawBelow, 0));
