// The facts of a picked resident: shown, corrected, removed, and taken back. A correction is a tag of the request.

import { el, fill } from "/page/dom.js";

/** Return years of birth and months as [value, text] pairs. */
export const birthYears = () => Array.from({ length: 90 }, (_, back) => `${new Date().getFullYear() - 13 - back}`).map((year) => [year, year]);
export const months = () => Array.from({ length: 12 }, (_, at) => [`${at + 1}`.padStart(2, "0"), `${at + 1}`]);

/** Return levels of education as [code, text] pairs, lowest first. */
export const levels = (words) => Object.entries(words.education_codes).map(([rung, code]) => [code, words.education[rung]]).reverse();

/** Return options for places, by district; their values are places in the list. */
export function byDistrict(places) {
  const groups = new Map();
  places.forEach((place, at) => {
    if (!groups.has(place.district)) groups.set(place.district, place.district ? el("optgroup", { label: place.district }) : document.createDocumentFragment());
    fill(groups.get(place.district), [[`${at}`, place.name]]);
  });
  return groups.values();
}

/** Cut a text into its members; a space is part of a name. */
export const members = (text) => text.split(/[、，,；;\n]/).map((one) => one.trim()).filter(Boolean);

/** Return a number where the text is one; else the text, which the service refuses with its rule. */
export function number(text) {
  const found = Number(text.trim().replace(/[,，元年米]/g, ""));
  return Number.isFinite(found) ? found : text;
}

/** Show one fact of a picked resident with its buttons; `change(tags)` sends tags, an undefined one takes it back. */
export function factLine(fact, tags, page, change) {
  const { words } = page;
  const tagged = fact.code in tags;
  const gone = tagged && tags[fact.code] === null;
  const label = words.facts[fact.code] ?? fact.code;
  const line = el("li", { class: gone ? "gone" : "", "data-fact": fact.code },
    el("span", { class: "said" }, el("b", {}, `${label}：`), tagged && !gone ? inWords(fact, tags[fact.code], page) : fact.text));
  const button = (said, does) => el("button", { type: "button", class: "small", "aria-label": `${said}：${label}`, onclick: does }, said);
  const related = HOME.includes(fact.code) ? HOME : [fact.code];
  if (tagged) line.append(button("恢复", () => change(Object.fromEntries(related.map((code) => [code, undefined])))));
  if (!gone) line.append(button("更正", () => correct(line, fact, tags, page, change)), button("不用这个信息", () => change({ [fact.code]: null })));
  return line;
}

const HOME = ["area", "location"];

/** Return a tag's value in words. */
function inWords(fact, value, { words, places }) {
  const { code } = fact;
  const choices = words[code];
  if (code === "location") return words.located;
  if (code === "area") return places.find((place) => place.area === value)?.name ?? value;
  if (code === "education") return words.education[value[0]] ?? value;
  if (code === "birth_month") return value.replace(/^(\d+)-0?(\d+)$/, "$1年$2月");
  if (code === "hours") return withDays(value, words);
  if (Array.isArray(value)) return value.map((one) => choices?.[one] ?? known(fact).get(one) ?? one).join("、");
  if (code in words.units) return words.units[code].join(value);
  return choices?.[value] ?? value;
}

/** Return the members of a list in words by what the service calls them. */
const known = (fact) => new Map((fact.members ?? []).map((text, at) => [fact.value[at], text]));

/** Put the days of clock ranges into words. */
export const withDays = (text, words) => Object.entries(words.days).reduce((said, [day, name]) => said.replaceAll(day, name), text);

/** By fact, what makes its fields: given the value that holds now, the fields and how to read tags from them. */
const EDITORS = {
  birth_month: month, education: choice, employment: choice, walk: choice, graduated_on: day, registered_unemployed_on: day,
  skills: list, occupations: list, desired: list, forms: several, needs: several,
  wage_min: amount, experience_years: amount, pace: amount, hours, area: home, location: home,
};
function correct(line, fact, tags, page, change) {
  const label = page.words.facts[fact.code] ?? fact.code;
  const now = tags[fact.code] ?? fact.value;
  const { fields, read } = EDITORS[fact.code](fact, now, page, `更正${label}`);
  const done = (event) => {
    event.preventDefault();
    change(read());
  };
  const back = () => {
    const before = factLine(fact, tags, page, change);
    line.replaceWith(before);
    before.querySelector("button").focus();
  };
  line.replaceChildren(el("b", {}, `${label}：`), el("form", { class: "correct", novalidate: "", onsubmit: done },
    el("span", { class: "fields" }, ...fields),
    el("span", { class: "fields" }, el("button", { class: "small" }, "确定"), el("button", { type: "button", class: "small", onclick: back }, "取消"))));
  line.querySelector("input, select").focus();
}

/** Return tags of one fact; what was left empty is removed. */
const tag = (fact, value) => ({ [fact.code]: value === "" || value.length === 0 ? null : value });

/** Make a select; a value that is not offered, but holds now, stands first. */
function picker(name, pairs, now, said = now) {
  const field = el("select", { "aria-label": name });
  fill(field, pairs.some(([value]) => value === now) ? pairs : [[now, said], ...pairs]);
  field.value = now;
  return field;
}

function choice(fact, now, page, name) {
  const pairs = fact.code === "education" ? levels(page.words) : Object.entries(page.words[fact.code]);
  const field = picker(name, pairs, now, inWords(fact, now, page));
  return { fields: [field], read: () => tag(fact, field.value) };
}

function month(fact, now, page, name) {
  const [of, at] = now.split("-");
  const [year, moon] = [picker(`${name}：年`, birthYears(), of), picker(`${name}：月`, months(), at)];
  return { fields: [year, "年", moon, "月"], read: () => tag(fact, `${year.value}-${moon.value}`) };
}

function day(fact, now, page, name) {
  const field = el("input", { type: "date", "aria-label": name });
  field.value = now;
  return { fields: [field], read: () => tag(fact, field.value) };
}

function text(name, now, example, size) {
  const field = el("input", { "aria-label": name, autocomplete: "off", placeholder: example, class: size });
  field.value = now;
  return field;
}

function list(fact, now, page, name) {
  const field = text(name, inWords(fact, now, page), "", "long");
  return { fields: [field], read: () => tag(fact, listed(field.value, fact)) };
}

/** Cut a text into members; those that the resident had before keep what the service calls them. */
function listed(said, fact) {
  const before = [...known(fact)].sort(([, one], [, other]) => other.length - one.length);
  const marked = before.reduce((left, [, name], at) => left.replaceAll(name, `\uE000${at}\uE001`), said);
  return members(marked).map((one) => {
    const whole = one.match(/^\uE000(\d+)\uE001$/);
    return whole ? before[whole[1]][0] : one.replace(/\uE000(\d+)\uE001/g, (_, at) => before[at][1]);
  });
}

function several(fact, now, { words }, name) {
  const offered = fact.code === "needs" ? [...new Set([...now, ...words.asked])] : Object.keys(words[fact.code]);
  const boxes = offered.map((value) => {
    const one = el("input", { type: "checkbox", value });
    one.checked = now.includes(value);
    return one;
  });
  const group = el("fieldset", { class: "checks", "aria-label": name }, ...boxes.map((one) => el("label", {}, one, words[fact.code][one.value])));
  return { fields: [group], read: () => tag(fact, boxes.filter((one) => one.checked).map((one) => one.value)) };
}

function amount(fact, now, { words }, name) {
  const [before, after] = words.units[fact.code];
  const field = text(name, `${now}`, words.examples[fact.code], "short");
  field.inputMode = "decimal";
  return { fields: [before, field, after].filter(Boolean), read: () => tag(fact, field.value.trim() && number(field.value)) };
}

function hours(fact, now, { words }, name) {
  const field = text(name, withDays(now, words), words.examples.hours, "long");
  const read = () => Object.entries(words.days).reduce((said, [day, written]) => said.replaceAll(written, day), field.value)
    .replace(/[：]/g, ":").replace(/[；]/g, ";").replace(/\s*[至到—–~]\s*/g, "-").trim();
  return { fields: [field], read: () => tag(fact, read()) };
}

/** Correct where somebody lives: the division and the point go together, so that neither is the old home's. */
function home(fact, now, { places, areaNow }, name) {
  const field = el("select", { "aria-label": name }, ...byDistrict(places));
  const at = places.findIndex((place) => place.area === areaNow());
  if (at >= 0) field.value = `${at}`;
  const read = () => {
    const { area, lon, lat, crs } = places[Number(field.value)];
    return { area, location: lon === null ? null : { lon, lat, crs } };
  };
  return { fields: [field], read };
}
