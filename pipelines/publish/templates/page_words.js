// Words and numbers in the language that is chosen, as pipelines/publish/format.py and words.py write them.
const page = document.documentElement;
const lang = () => page.dataset.lang;
const say = (both) => both[lang()];
let words = {};
const word = (key, ...values) => {
  let next = 0;
  return say(words[key]).replace(/\{(\d*)\}/g, (_, at) => values[at === "" ? next++ : Number(at)] ?? "");
};

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
  if (x === null || x === undefined) return "–";
  if (unit === "money") return scaled(x, MONEY[lang()]);
  if (unit === "ratio") return `${fixed(x * 100, 1)}%`;
  if (TIME[unit]) return fixed(x, 1) + say(TIME[unit]);
  return fixed(x, Number.isInteger(x) ? 0 : 1);
};
const share = (x) => (x === null || x === undefined ? "–" : `${fixed(x * 100, 1)}%`);
const change = (x, unit) => {
  if (x === null) return "–";
  let text = fixed(x * 100, 1);
  text = (x > 0 && text !== "0.0" ? "+" : "") + text.replace("-", "−");
  return unit === "ratio" ? text + (lang() === "zh" ? " 个百分点" : " pp") : `${text}%`;
};
const trendOf = (x, way) => (!x || !["up", "down"].includes(way) ? "even" : (x > 0) === (way === "up") ? "good" : "bad");
