// What is packed in the page (pipelines/publish/page/pack.py), unpacked once, when it is first asked for.
const holder = document.getElementById("data");
let reading = null;
const figures = () => (reading ??= unpack());

async function unpack() {
  const text = holder.textContent;
  const bytes = Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const buffer = await new Response(stream).arrayBuffer();
  const size = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
  const made = new Map();
  const column = (name) => {
    if (!made.has(name)) made.set(name, planes(new Uint8Array(buffer, 4 + size), ...head.columns[name]));
    return made.get(name);
  };
  return joined(head, column);
}

// The lowest bytes of all numbers stand first, then the next ones.
function planes(bytes, at, length, width) {
  const numbers = new Float64Array(length);
  for (let plane = 0; plane < width; plane += 1) {
    const size = 2 ** (8 * plane);
    const from = at + plane * length;
    for (let i = 0; i < length; i += 1) numbers[i] += bytes[from + i] * size;
  }
  return numbers;
}

// 0 is nothing, odd numbers are zero and above, even ones below.
const decoded = (n, size) => (n === 0 ? null : (n % 2 ? (n - 1) / 2 : -n / 2) / size);

function joined(head, column) {
  const data = { ...head, blocks: {}, kpiAt: new Map(), unitAt: new Map(), childrenOf: head.units.map(() => []) };
  head.kpis.forEach((kpi, i) => { kpi.size = 10 ** kpi.digits; data.kpiAt.set(kpi.id, i); });
  head.units.forEach((unit, i) => {
    data.unitAt.set(unit.id, i);
    unit.depth = unit.up < 0 ? 0 : head.units[unit.up].depth + 1;   // a parent stands before its children
    if (unit.up >= 0) data.childrenOf[unit.up].push(i);
  });
  const levelAt = new Map(head.levels.map((level, i) => [level.id, i]));
  head.units.forEach((unit) => { unit.l = levelAt.get(unit.level) ?? -1; });
  for (const grain of Object.keys(head.grains)) data.blocks[grain] = block(data, head.grains[grain], (name) => column(`${grain}.${name}`));
  return data;
}

// The figures of a grain: of(kpi, unit, level) finds a series, cell(series, period) one of its cells.
function block(data, grain, column) {
  const [k, u, l] = ["k", "u", "l"].map((name) => column(`series.${name}`));
  const count = grain.periods.length;
  const offsets = new Float64Array(k.length);
  const series = new Map();
  let at = 0;
  for (let i = 0; i < k.length; i += 1) {
    offsets[i] = at;
    at += grain.depth[l[i]];
    const key = k[i] * data.units.length + u[i];
    if (!series.has(key)) series.set(key, []);
    series.get(key).push(i);
  }
  let goalAt = null;
  const goalOf = (cell) => {
    if (!goalAt) {
      goalAt = new Int32Array(at).fill(-1);
      column("goals.i").forEach((place, i) => { goalAt[place] = i; });
    }
    return goalAt[cell];
  };
  return {
    count, k, u, l,
    of(kpi, unit, level = data.units[unit].l) {
      const found = series.get(kpi * data.units.length + unit) || [];
      return found.find((i) => l[i] === level) ?? (data.units[unit].l < 0 ? found[0] : undefined);
    },
    width: (i) => grain.depth[l[i]],
    cell(i, period) {
      const width = grain.depth[l[i]];
      const place = offsets[i] + period - (count - width);
      if (period < count - width) return null;
      const state = column("cells.s")[place];
      if (state === 0) return null;
      const { size } = data.kpis[k[i]];
      const goal = goalOf(place);
      return {
        v: decoded(column("cells.v")[place], size),
        c: decoded(column("cells.c")[place], 1e6),
        s: data.statuses[state - 1].id,
        q: data.qualities[Math.max(0, column("cells.q")[place] - 1)].id,
        goal: goal >= 0,
        t: goal < 0 ? null : decoded(column("goals.t")[goal], size),
        a: goal < 0 ? null : decoded(column("goals.a")[goal], 1e6),
        pace: goal >= 0 && column("goals.p")[goal] === 1,
      };
    },
  };
}
