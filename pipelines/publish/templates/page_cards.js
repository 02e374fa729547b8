// The card of a KPI for any unit, as templates/parts.html.j2 draws it for the unit at the top.
function goalOf(data, kpi, unit, grain) {
  const { goals, spans } = data;
  const at = goals.kpi.findIndex((id, i) => id === data.kpis[kpi].id && goals.unit[i] === unit && spans[goals.span[i]].grain === grain);
  return at < 0 ? null : at;
}

function landing(data, at, unit) {
  const { goals } = data;
  if (!goals.method[at] || goals.landing[at] === null) return null;
  const shown = ["landing", "landing_low", "landing_high"].map((name) => number(goals[name][at], unit));
  const chance = goals.hit_probability[at];
  const key = goals.landing_low[at] === null ? "lands" : chance === null ? "lands_between" : "lands_likely";
  const said = word(key, ...shown, chance === null ? "" : fixed(chance * 100, 0));
  return lang() === "zh" ? `${said}（${word(goals.method[at])}）` : `${said}, ${word(goals.method[at])}`;
}

// What broke below a goal: "Valid visits 9 of 16 due: activity".
function brokenLinks(data, at) {
  const { drivers, of_kpis: about } = data;
  return drivers.of.flatMap((of, i) => {
    if (of !== at || !drivers.broken[i]) return [];
    const kpi = about[drivers.kpi[i]];
    const key = drivers.broken[i] + (kpi.way === "down" ? "_of_few" : "");
    return [word(key, say(kpi), number(drivers.actual[i], kpi.unit), number(drivers.required_to_date[i], kpi.unit), say(about[drivers.parent[i]] || { zh: "", en: "" }))];
  });
}

function recent(block, series, count) {
  return Array.from({ length: count }, (_, i) => block.cell(series, block.count - count + i));
}

function card(data, kpi, unit, grain) {
  const block = data.blocks[grain];
  const series = block.of(kpi, unit);
  const now = series === undefined ? null : block.cell(series, block.count - 1);
  if (!now) return null;
  const about = data.kpis[kpi];
  const periods = data.grains[grain];
  const cells = recent(block, series, Math.min(periods.card, block.count));
  if (unit > 0 && !now.goal && cells.every((cell) => !cell || (cell.v === null && cell.s === "no_data"))) return null;   // nothing of this KPI is theirs
  const goal = now.goal ? goalOf(data, kpi, unit, grain) : null;
  const notes = [
    ...(goal === null ? [] : brokenLinks(data, goal)),
    goal !== null && data.goals.guardrail[goal] && word("guarded", say(data.goals.guardrail[goal])),
    unit === 0 && say(data.held.find((one) => one.kpi === about.id && one.grain === grain) || { zh: "", en: "" }),
    ...data.feedback.filter((one) => one.kpi === about.id && one.grain === grain && (one.unit === unit || unit === 0))
      .map((one) => `${one.unit === unit ? "" : `${say(data.units[one.unit])}: `}“${one.said}” – ${one.author}`),
  ].filter(Boolean);
  const lands = goal === null ? null : landing(data, goal, about.unit);
  return el("article", { class: `card ${now.s}`, "data-kpi": about.id },
    el("header", {}, el("h4", {}, el("a", { href: toKpi(data, kpi, unit) }, say(about))), pill(data, now.s)),
    el("p", { class: "value" }, el("data", { value: now.v ?? "" }, number(now.v, about.unit)),
      now.c !== null && el("span", { class: `change ${trendOf(now.c, about.way)}` }, change(now.c, about.unit), " ", el("small", {}, word("last_year")))),
    spark(cells.map((cell) => cell && cell.v), cells.map((cell) => cell && cell.t), periods.partial),
    now.goal && el("div", { class: "to-goal" },
      now.a !== null && bar(now.a),
      el("p", {}, el("span", {}, word("target"), " ", number(now.t, about.unit)), el("span", {}, word(now.pace ? "on_pace" : "attainment"), " ", el("b", {}, share(now.a)))),
      lands && el("p", { class: "lands" }, lands)),
    notes.map((note) => el("p", { class: "held" }, note)),
    el("p", { class: "foot" }, el("a", { class: `quality ${now.q}`, href: `#quality-${about.id}` }, named(data.qualities, now.q)), el("span", {}, word("as_of"), " ", data.asOf)));
}

function cardsOf(data, unit, grain) {
  const found = data.kpis.map((about, kpi) => ({ aim: about.aim, made: card(data, kpi, unit, grain) })).filter((one) => one.made)
    .sort((a, b) => !a.made.querySelector(".to-goal") - !b.made.querySelector(".to-goal"));   // those that are judged first
  const order = data.aims.map((aim) => aim.id);
  const rank = (aim) => (order.includes(aim) ? order.indexOf(aim) : order.length);
  const aims = [...new Set(found.map((one) => one.aim))].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  if (!aims.length) return el("p", { class: "empty" }, word("no_cards"));
  return el("div", { class: "aims" }, aims.map((aim) => {
    const cards = found.filter((one) => one.aim === aim).map((one) => one.made);
    const plain = aim.replaceAll("_", " ");
    const label = data.aims.find((one) => one.id === aim) || { zh: plain, en: plain.charAt(0).toUpperCase() + plain.slice(1) };
    return el("section", { class: `aim wide-${Math.min(cards.length, 4)}` }, el("h3", {}, say(label)), el("div", { class: "cards" }, cards));
  }));
}

function headline(data, unit, grain) {
  const block = data.blocks[grain];
  const counts = new Map();
  data.kpis.forEach((_, kpi) => {
    const series = block.of(kpi, unit);
    const now = series === undefined ? null : block.cell(series, block.count - 1);
    if (now && now.goal) counts.set(now.s, (counts.get(now.s) || 0) + 1);
  });
  const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
  const { periods, partial } = data.grains[grain];
  return el("div", { class: "headline" },
    el("h3", { class: "period" }, say(periods.at(-1)), partial && el("small", {}, ` ${word("to_date")}`)),
    el("p", { class: "goals" }, total ? [el("span", { class: "count" }, word("headline", total)),
      data.statuses.filter((one) => counts.has(one.id)).map((one) => el("span", { class: `tally ${one.id}` }, mark(one.id), el("b", {}, String(counts.get(one.id))), " ", say(one)))] : word("no_goals")));
}
