// Elements; text goes in as text only, never as markup.
const SVG = "http://www.w3.org/2000/svg";
function put(made, attributes, kids) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...kids.flat(3).filter((kid) => kid !== null && kid !== undefined && kid !== false));
  return made;
}
const el = (tag, attributes, ...kids) => put(document.createElement(tag), attributes, kids);
const svg = (tag, attributes, ...kids) => put(document.createElementNS(SVG, tag), attributes, kids);

const mark = (status) => svg("svg", { class: "mark", "aria-hidden": "true", focusable: "false" },
  svg("use", { href: `#s-${["green", "amber", "red", "blocked"].includes(status) ? status : "none"}` }));
const named = (list, id) => say(list.find((one) => one.id === id) || { zh: id, en: id });
const pill = (data, status) => el("span", { class: `pill ${status}` }, mark(status), named(data.statuses, status));

const toUnit = (data, unit) => `#unit/${encodeURIComponent(data.units[unit].id)}`;
const toKpi = (data, kpi, unit) => `#kpi/${data.kpis[kpi].id}/${encodeURIComponent(data.units[unit].id)}`;
const toGoals = (data, unit) => `#goals/${encodeURIComponent(data.units[unit].id)}`;
const toCatalogue = (id) => `${holder.dataset.catalogue}kpis/${id}.html?lang=${lang()}`;

const pathOf = (data, unit) => (unit < 0 ? [] : [...pathOf(data, data.units[unit].up), unit]);
function breadcrumb(data, unit, link, fromScorecard = false) {
  const path = pathOf(data, unit);
  return el("nav", { class: "path", "aria-label": word("path") }, el("ol", {}, fromScorecard && el("li", {}, el("a", { href: "#scorecard" }, word("tab_scorecard"))), path.map((one, i) => el("li", {},
    i === path.length - 1 ? el("span", { "aria-current": "location" }, say(data.units[one])) : el("a", { href: link(data, one) }, say(data.units[one]))))));
}

// As pipelines/publish/sparkline.py draws it.
const [WIDE, HIGH, MARGIN] = [240, 52, 5];
function spark(values, targets, partial) {
  const known = [...values, ...targets].filter((v) => v !== null);
  if (values.filter((v) => v !== null).length < 2) return el("div", { class: "spark" });
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const reach = high - low || Math.abs(high) || 1;
  const step = (WIDE - 2 * MARGIN) / Math.max(values.length - 1, 1);
  const point = (i, v) => `${(MARGIN + i * step).toFixed(1)} ${(HIGH - MARGIN - ((v - low) / reach) * (HIGH - 2 * MARGIN)).toFixed(1)}`;
  const line = (some) => some.map((v, i) => (v === null ? "" : `${i && some[i - 1] !== null ? "L" : "M"}${point(i, v)}`)).join("");
  const last = values.findLastIndex((v) => v !== null);
  return svg("svg", { class: "spark", viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", "aria-hidden": "true", focusable: "false" },
    line(targets) && svg("path", { class: "goal", d: line(targets) }),
    svg("path", { class: "line", d: line(values) }),
    svg("path", { class: "last", d: `M${point(last, values[last])}h0.01` }),
    partial && last === values.length - 1 && svg("path", { class: "hole", d: `M${point(last, values[last])}h0.01` }));
}
const bar = (reached) => svg("svg", { class: "bar", viewBox: "0 0 125 4", preserveAspectRatio: "none", "aria-hidden": "true", focusable: "false" },
  svg("rect", { class: "rail", width: 125, height: 4 }),
  svg("rect", { class: "fill", width: (Math.min(Math.max(reached, 0), 1.25) * 100).toFixed(1), height: 4 }),
  svg("rect", { class: "tick", x: 99.5, width: 1, height: 4 }));
