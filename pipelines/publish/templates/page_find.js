// One box finds KPIs, units and people by either name; a list of five thousand is never built.
const MOST = 12;
function finder(data) {
  const box = document.querySelector(".find");
  const input = document.getElementById("find");
  const list = document.getElementById("found");
  let found = [];
  let chosen = -1;

  const all = [
    ...data.kpis.map((one, i) => ({ text: `${one.zh} ${one.en} ${one.id}`.toLowerCase(), href: () => toKpi(data, i, 0), label: () => say(one), kind: () => word("kpi") })),
    ...data.units.map((one, i) => ({ text: `${one.zh} ${one.en} ${one.id}`.toLowerCase(), href: () => toUnit(data, i), label: () => say(one),
      kind: () => (one.up >= 0 ? say(data.units[one.up]) : named(data.levels, one.level)) })),
  ];
  const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); chosen = -1; };
  const go = (one) => { input.value = ""; close(); location.hash = one.href(); };
  const light = (to) => {
    chosen = found.length ? (to + found.length) % found.length : -1;
    [...list.children].forEach((one, i) => one.setAttribute("aria-selected", String(i === chosen)));
    if (chosen >= 0) { input.setAttribute("aria-activedescendant", `found-${chosen}`); list.children[chosen].scrollIntoView({ block: "nearest" }); }
  };
  const look = () => {
    const asked = input.value.trim().toLowerCase();
    if (!asked) { close(); return; }
    found = [];
    for (const one of all) { if (one.text.includes(asked)) found.push(one); if (found.length === MOST) break; }
    list.replaceChildren(...(found.length
      ? found.map((one, i) => el("li", { id: `found-${i}`, role: "option", "aria-selected": "false", onpointerdown: (event) => { event.preventDefault(); go(one); } }, el("span", {}, one.label()), el("small", {}, one.kind())))
      : [el("li", { class: "empty", role: "option", "aria-disabled": "true", "aria-selected": "false" }, word("nothing_found"))]));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    light(0);
  };
  input.addEventListener("input", look);
  input.addEventListener("focus", look);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") light(chosen + 1);
    else if (event.key === "ArrowUp") light(chosen - 1);
    else if (event.key === "Enter" && found[chosen] && !list.hidden) go(found[chosen]);
    else if (event.key === "Escape" && !list.hidden) { event.stopPropagation(); close(); }
    else return;
    event.preventDefault();
  });
  box.hidden = false;
  return () => { for (const [name, on] of [["placeholder", input], ["aria-label", input], ["aria-label", list]]) on.setAttribute(name, word("find")); };
}
