// The page's memory and its one question to the service. Nothing is stored, nothing leaves this server.

import { $, el, fill, getJson } from "/page/dom.js";
import { factLine } from "/page/facts.js";
import { KINDS, explanation, list, programmes } from "/page/lists.js";
import { described, formFacts, prepare, vouched } from "/page/person.js";

const memory = { words: null, people: [], places: [], resident: null, person: null, groups: [], tags: {}, personalised: true, turn: 0, answer: null, why: null };

function question(more) {
  const who = memory.resident ? { person_id: memory.resident.person_id, tags: memory.tags } : { person: memory.person, groups: memory.groups };
  return { ...who, n: 10, lang: "zh-CN", personalised: memory.personalised, ...more };
}

async function post(body) {
  let answer;
  try {
    answer = await fetch("/v1/recommend", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  } catch {
    throw { status: 0, problems: [] };
  }
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw { status: answer.status, problems: told.problems ?? [] };
  return told;
}

/** Ask and show; an answer that a later question overtook is dropped. */
async function ask() {
  if (!memory.resident && !memory.person) return;
  const turn = ++memory.turn;
  memory.why = null;
  $("lists").setAttribute("aria-busy", "true");
  $("status").textContent = "正在查找……";
  try {
    const answer = await post(question());
    if (turn === memory.turn) show(answer);
  } catch (problem) {
    if (turn === memory.turn) fail(problem);
  }
}

function show(answer) {
  memory.answer = answer;
  clearError();
  const rankers = Object.values(answer.rankers);
  const neutral = rankers.length > 0 && rankers.every((ranker) => ranker === "neutral");
  notices(answer, neutral && memory.personalised);
  const lists = Object.keys(KINDS).map((kind) => list(kind, answer.streams[kind], answer.rankers[kind], explain, memory.words));
  $("lists").replaceChildren(...lists, ...[programmes(answer.programmes, memory.words)].filter(Boolean));
  $("lists").removeAttribute("aria-busy");
  $("jump").replaceChildren(...Object.entries(KINDS).map(([kind, name]) => el("a", { href: `#${kind}` }, `${name} ${answer.streams[kind]?.length ?? 0}`)));
  $("jump").hidden = false;
  const found = Object.entries(KINDS).map(([kind, name]) => `${name}${answer.streams[kind]?.length ?? 0}项`).join("、");
  const who = memory.resident ? `为“${memory.resident.label}”` : "按您填写的信息";
  $("status").textContent = `${who}列出：${found}。`;
  $("made").textContent = `由算法生成，仅供参考。数据截至${answer.data_as_of ?? "未知"}，统计截至${answer.counts_as_of.slice(0, 10)}，编号${answer.request_id}。`;
  facts(neutral);
  if (document.activeElement === document.body) $("results").focus({ preventScroll: true });
}

function notices(answer, storedOff) {
  const own = storedOff ? [el("li", { class: "less" }, "这位居民本人已关闭个性化推荐。关闭优先，这里不能替本人打开。")] : [];
  const said = answer.notices.filter((one) => !(one.code === "algorithm" && answer.notices.some((other) => other.code === "neutral")));
  $("notices").replaceChildren(
    ...said.map((one) => el("li", { "data-code": one.code }, one.text)),
    ...own,
    ...answer.degraded.map((one) => el("li", { class: "less", "data-code": one.code }, one.text)));
}

function facts(neutral) {
  const told = memory.resident?.facts ?? [];
  $("facts-box").hidden = neutral || told.length === 0;
  $("facts-title").textContent = `用到的个人信息（${told.length}条）`;
  $("facts").replaceChildren(...told.map(line));
}

/** Show one fact of the resident; the area that holds now is asked for when a home is corrected. */
function line(fact) {
  const areaNow = () => memory.tags.area ?? memory.resident.facts.find((one) => one.code === "area")?.value;
  return factLine(fact, memory.tags, { words: memory.words, places: memory.places, areaNow }, change);
}

function change(tags) {
  const changed = Object.entries({ ...memory.tags, ...tags });
  memory.tags = Object.fromEntries(changed.filter(([, value]) => value !== undefined));
  ask();
}

/** Ask once for explanations of the lists that are shown, then fill one item's panel. */
async function explain(kind, id, panel) {
  panel.replaceChildren(el("p", {}, "正在查找原因……"));
  memory.why ??= post(question({ explain: true }));
  try {
    const told = await memory.why;
    const item = (told.streams[kind] ?? []).find((one) => one.item_id === id);
    panel.replaceChildren(...explanation(item, told.rankers[kind], usedFacts(item)));
  } catch (problem) {
    memory.why = null;
    panel.replaceChildren(el("p", {}, memory.words.problems[problem.status] ?? memory.words.problems.other));
  }
}

/** Show the facts that the strongest columns look at and that are known of this person. */
function usedFacts(item) {
  const read = new Set((item?.why ?? []).flatMap((one) => one.reads).map((name) => (name === "lon" || name === "lat" ? "location" : name)));
  if (memory.resident) {
    const used = memory.resident.facts.filter((fact) => read.has(fact.code) && memory.tags[fact.code] !== null);
    return used.map(line).concat(history(read));
  }
  const used = formFacts(memory.person, memory.words).filter((fact) => read.has(fact.code));
  return used.map((fact) => el("li", { "data-fact": fact.code }, fact.label));
}

const history = (read) => (read.has("history") ? [el("li", { "data-fact": "history" }, memory.words.facts.history)] : []);

function fail(problem) {
  const { words } = memory;
  $("lists").removeAttribute("aria-busy");
  $("lists").replaceChildren();
  $("notices").replaceChildren();
  $("jump").hidden = true;
  $("made").textContent = "";
  $("status").textContent = "没有得到推荐列表。";
  const lines = problem.problems.map((one) => {
    const field = one.field.split(".").reverse().find((part) => part in words.facts);
    for (const id of field === "birth_month" ? ["year", "month"] : [field]) $(id)?.setAttribute("aria-invalid", "true");
    return el("li", {}, `${field ? `${words.facts[field]}：` : ""}${words.rules[one.rule] ?? words.rules.other}`);
  });
  $("error").replaceChildren(el("p", {}, words.problems[problem.status] ?? words.problems.other), el("ul", {}, ...lines));
  $("error").hidden = false;
}

function clearError() {
  $("error").hidden = true;
  for (const field of document.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

function pick() {
  memory.resident = memory.people[Number($("resident").value)] ?? null;
  memory.tags = {};
  if ($("resident").value === "") return;
  memory.person = null;
  $("form-box").open = false;
  ask();
}

function submit(event) {
  event.preventDefault();
  clearError();
  memory.resident = null;
  memory.tags = {};
  $("resident").value = "";
  memory.person = described(memory.places);
  memory.groups = vouched();
  ask();
}

function large() {
  const on = document.documentElement.classList.toggle("large");
  $("large").setAttribute("aria-pressed", String(on));
}

async function start() {
  $("large").addEventListener("click", large);
  $("print").addEventListener("click", () => window.print());
  $("resident").addEventListener("change", pick);
  $("form").addEventListener("submit", submit);
  $("switch").addEventListener("change", (event) => {
    memory.personalised = event.target.value === "on";
    ask();
  });
  memory.words = await getJson("/page/words.json");
  [memory.people, memory.places] = await Promise.all([getJson("/page/people"), getJson("/page/places")]);
  prepare(memory.words, memory.places);
  fill($("resident"), memory.people.map((one, place) => [`${place}`, one.label]));
  $("pick").hidden = memory.people.length === 0;
  $("form-box").open = memory.people.length === 0;
  document.body.dataset.ready = "true";
}

start().catch(() => {
  $("error").textContent = "页面没有载入完整，请刷新后再试。";
  $("error").hidden = false;
});
