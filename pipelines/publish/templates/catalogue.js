"use strict";
// The language switch; the choice is kept, and goes along with every link, since a file:// page may have no storage.
(() => {
  const root = document.documentElement;
  const remember = (value) => { try { localStorage.setItem("kpi-lang", value); } catch { /* no storage */ } };
  const recall = () => { try { return localStorage.getItem("kpi-lang"); } catch { return null; } };
  const links = [...document.querySelectorAll("a[href]")].filter((link) => !link.getAttribute("href").startsWith("#"));
  function set(value) {
    root.dataset.lang = value;
    root.lang = value === "zh" ? "zh-CN" : "en";
    for (const button of document.querySelectorAll("[data-set-lang]")) {
      button.setAttribute("aria-pressed", String(button.dataset.setLang === value));
    }
    for (const link of links) link.search = `?lang=${value}`;
  }
  for (const button of document.querySelectorAll("[data-set-lang]")) {
    button.addEventListener("click", () => { remember(button.dataset.setLang); set(button.dataset.setLang); });
  }
  const asked = [new URLSearchParams(location.search).get("lang"), recall()].find((v) => v === "zh" || v === "en");
  set(asked || root.dataset.lang);
})();
