// The goals in force for a unit: what is due by now, where each lands, which link of its drivers broke.
function bullet(goals, at, unit) {
  const [target, due, actual, low, high] = ["target", "target_to_date", "actual", "landing_low", "landing_high"].map((name) => goals[name][at]);
  const most = Math.max(target ?? 0, actual ?? 0, high ?? 0, 1e-9) * 1.06;
  const x = (v) => ((Math.max(v, 0) / most) * 400).toFixed(1);
  return svg("svg", { class: `bullet ${goals.status[at]}`, viewBox: "0 0 400 22", preserveAspectRatio: "none", role: "img", "aria-label": `${word("actual")} ${number(actual, unit)}, ${word("target")} ${number(target, unit)}` },
    svg("rect", { class: "rail", y: 7, width: 400, height: 8 }),
    low !== null && high !== null && goals.method[at] && svg("rect", { class: "band", x: x(low), y: 3, width: Math.max(1, x(high) - x(low)), height: 16 }),
    actual !== null && svg("rect", { class: "fill", y: 7, width: x(actual), height: 8 }),
    due !== null && due !== target && svg("line", { class: "due", x1: x(due), x2: x(due), y1: 3, y2: 19 }),
    target !== null && svg("line", { class: "aim-at", x1: x(target), x2: x(target), y1: 0, y2: 22 }));
}

// What is left is asked for by the day only of what adds up; of a rate or a time that says nothing.
const ADDS_UP = new Set(["money", "count", "points"]);
const difference = (x, unit) => (x === null ? "–" : unit === "ratio" ? change(x, unit) : (x > 0 ? "+" : "") + number(x, unit).replace("-", "−"));

function figuresOf(data, at) {
  const { goals, of_kpis: about } = data;
  const { unit } = about[goals.kpi[at]] || { unit: "count" };
  const of = (key, name, text) => (goals[name][at] === null ? [] : [el("div", {}, el("dt", {}, word(key)), el("dd", {}, text || number(goals[name][at], unit)))]);
  const chance = goals.hit_probability[at];
  const low = goals.landing_low[at];
  const range = goals.method[at] && low !== null ? `${number(low, unit)} – ${number(goals.landing_high[at], unit)}` : null;
  return el("dl", { class: "of-goal" },
    of("actual", "actual"), goals.target_to_date[at] !== goals.target[at] && of("target_to_date", "target_to_date"), of("target", "target"),
    of(goals.pace[at] === goals.attainment[at] ? "attainment" : "on_pace", "pace", share(goals.pace[at])),
    of("gap", "gap", difference(goals.gap[at], unit)), ADDS_UP.has(unit) && goals.needed_per_day[at] > 0 && of("needed_per_day", "needed_per_day"),
    goals.method[at] && goals.landing[at] !== null && el("div", { class: "first" }, el("dt", {}, word("landing")), el("dd", {}, number(goals.landing[at], unit))),
    range && el("div", { class: "range" }, el("dt", {}, word("forecast")), el("dd", {}, range, chance !== null && el("small", {}, word("hit", fixed(chance * 100, 0))))));
}

// The drivers of a goal as a tree: each says what is due, what is there, and whether the chain breaks here.
function driverTree(data, at) {
  const { goals, drivers, of_kpis: about } = data;
  const mine = drivers.of.map((of, i) => (of === at ? i : -1)).filter((i) => i >= 0);
  const below = (parent, seen) => {
    const found = mine.filter((i) => drivers.parent[i] === parent && !seen.includes(drivers.kpi[i]));
    return found.length ? el("ul", {}, found.map((i) => node(i, [...seen, drivers.kpi[i]]))) : null;
  };
  const node = (i, seen) => {
    const kpi = about[drivers.kpi[i]] || { zh: drivers.kpi[i], en: drivers.kpi[i], unit: "count" };
    const parent = about[drivers.parent[i]];
    const [actual, due] = [drivers.actual[i], drivers.required_to_date[i]];
    const short = actual !== null && due !== null && (kpi.way === "down" ? actual > due : actual < due);
    return el("li", {}, el("div", { class: `driver${drivers.broken[i] ? " broken" : ""}` },
      mark(drivers.broken[i] ? "red" : short ? "amber" : actual === null ? "no_data" : "green"),
      el("span", { class: "who" }, linkTo(data, drivers.kpi[i], goals.unit[at], say(kpi))),
      el("span", { class: "amount" }, el("b", {}, number(actual, kpi.unit)), ` / ${word("due")} ${number(due, kpi.unit)}`),
      drivers.broken[i] && el("strong", { class: "break" }, `${word("broken")}: ${word(`broken_${drivers.broken[i]}`)}`),
      parent && drivers.ratio[i] && el("small", {}, ratio(drivers.ratio[i], kpi, parent))), below(drivers.kpi[i], seen));
  };
  const root = goals.kpi[at];
  const kpi = about[root];
  return el("div", { class: "tree" }, el("h5", {}, word("drivers")),
    el("ul", {}, el("li", {}, el("div", { class: "driver" }, mark(goals.status[at]), el("span", { class: "who" }, linkTo(data, root, goals.unit[at], say(kpi))),
      el("span", { class: "amount" }, el("b", {}, number(goals.actual[at], kpi.unit)), ` / ${word("due")} ${number(goals.target_to_date[at] ?? goals.target[at], kpi.unit)}`)), below(root, [root]))));
}
// Of a sum of money so much is needed that the number can be read: 0.9 per million rather than 0.0000009 per yuan.
function ratio(size, kpi, parent) {
  const per = parent.unit === "money" ? 1e6 : 1;
  return word("ratio_of", parent.unit === "money" ? number(per, "money") : "1", say(parent), number(size * per, kpi.unit === "count" ? "points" : kpi.unit), say(kpi));
}
const linkTo = (data, id, unit, text) => (data.kpiAt.has(id) ? el("a", { href: toKpi(data, data.kpiAt.get(id), unit) }, text) : text);

// Where the same goal breaks in the units below: which link, how many, and who.
function brokenBelow(data, at) {
  const { goals, drivers, of_kpis: about } = data;
  const found = new Map();
  drivers.of.forEach((of, i) => {
    if (!drivers.broken[i] || goals.goal[of] !== goals.goal[at] || goals.span[of] !== goals.span[at] || of === at || !isUnder(data, goals.unit[of], goals.unit[at])) return;
    const key = `${drivers.kpi[i]} ${drivers.broken[i]}`;
    found.set(key, [...(found.get(key) || []), goals.unit[of]]);
  });
  if (!found.size) return null;
  return el("div", { class: "tree" }, el("h5", {}, word("broken_below")), el("ul", { class: "flat" }, [...found].sort((a, b) => b[1].length - a[1].length).map(([key, units]) => {
    const [kpi, how] = key.split(" ");
    return el("li", {}, el("div", { class: "driver broken" }, mark("red"), el("span", { class: "who" }, say(about[kpi])), el("strong", { class: "break" }, word(`broken_${how}`)), el("span", { class: "amount" }, word("broken_count", units.length))),
      el("p", { class: "people" }, units.slice(0, 12).map((unit, i) => [i > 0 && (lang() === "zh" ? "、" : ", "), el("a", { href: toGoals(data, unit) }, say(data.units[unit]))]), units.length > 12 && ` … +${units.length - 12}`));
  })));
}

function goalCard(data, at) {
  const { goals, of_kpis: about, names } = data;
  const kpi = about[goals.kpi[at]];
  const hasDrivers = data.drivers.of.includes(at);
  return el("article", { class: `goal-card ${goals.status[at]}` },
    el("header", {}, el("div", {}, el("h4", {}, say(names[goals.goal[at]])), el("p", {}, linkTo(data, goals.kpi[at], goals.unit[at], say(kpi)))), pill(data, goals.status[at])),
    bullet(goals, at, kpi.unit), figuresOf(data, at),
    goals.guardrail[at] && el("p", { class: "held" }, word("guarded", say(goals.guardrail[at]))),
    hasDrivers ? driverTree(data, at) : brokenBelow(data, at));
}

function goalsView(data, unit) {
  const { goals, spans } = data;
  const mine = goals.unit.map((u, i) => (u === unit ? i : -1)).filter((i) => i >= 0);
  const children = data.childrenOf[unit].filter((child) => goals.unit.includes(child) || data.childrenOf[child].some((below) => goals.unit.includes(below)));
  return [
    unit > 0 && breadcrumb(data, unit, toGoals),
    el("h2", { tabindex: -1 }, word("goal_of", say(data.units[unit]))), el("p", { class: "lead" }, word("goals_lead")),
    mine.length === 0 && el("p", { class: "empty" }, word("no_goals_here")),
    spans.map((span, i) => [span, mine.filter((at) => goals.span[at] === i)]).filter(([, some]) => some.length).map(([span, some]) => el("section", { class: "span" },
      el("h3", {}, say(span)), el("div", { class: "goal-cards" }, some.sort((a, b) => ORDER.indexOf(goals.status[a]) - ORDER.indexOf(goals.status[b])).map((at) => goalCard(data, at))))),
    children.length > 0 && el("nav", { class: "children", "aria-label": word("below") }, el("h3", {}, word("below")), el("ul", {}, children.slice(0, 60).map((child) => el("li", {}, el("a", { href: toGoals(data, child) }, say(data.units[child])))))),
  ];
}
