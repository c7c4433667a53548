// Who is asked for: a resident who was picked, with corrections, or what the form says.

import { $, el, fill } from "/page/dom.js";

const LISTS = ["desired", "occupations", "skills"];

/** Prepare the form: years, levels of education, places by district, forms of work, needs. */
export function prepare(words, places) {
  const year = new Date().getFullYear();
  fill($("year"), Array.from({ length: 90 }, (_, back) => [`${year - 13 - back}`, `${year - 13 - back}`]));
  fill($("month"), Array.from({ length: 12 }, (_, at) => [`${at + 1}`.padStart(2, "0"), `${at + 1}`]));
  fill($("education"), levels(words));
  const districts = Map.groupBy ? Map.groupBy(places, (place) => place.district) : grouped(places);
  for (const [district, members] of districts) {
    const group = district ? el("optgroup", { label: district }) : $("place");
    fill(group, members.map((place) => [`${places.indexOf(place)}`, place.name]));
    if (district) $("place").append(group);
  }
  $("forms").append(...Object.entries(words.forms).map(([value, text]) => box("form", value, text)));
  $("needs").append(...Object.entries(words.needs).map(([value, text]) => box("need", value, text)));
}

function grouped(places) {
  const found = new Map();
  for (const place of places) found.set(place.district, [...(found.get(place.district) ?? []), place]);
  return found;
}

const levels = (words) => Object.entries(words.education_codes).map(([rung, code]) => [code, words.education[rung]]).reverse();

function box(name, value, text) {
  const id = `${name}-${value}`;
  return el("label", { for: id }, el("input", { type: "checkbox", id, name, value }), text);
}

/** Cut a text into its members; a space is part of a name. */
export const members = (text) => text.split(/[、，,；;\n]/).map((one) => one.trim()).filter(Boolean);

/** Return the person that the form describes; what was left empty is left out. */
export function described(places) {
  const person = {};
  if ($("year").value || $("month").value) person.birth_month = `${$("year").value}-${$("month").value}`;
  if ($("education").value) person.education = $("education").value;
  for (const name of LISTS) if (members($(name).value).length) person[name] = members($(name).value);
  if ($("wage_min").value.trim()) person.wage_min = number($("wage_min").value);
  for (const [name, field] of [["form", "forms"], ["need", "needs"]]) {
    const chosen = [...document.querySelectorAll(`input[name="${name}"]:checked`)].map((one) => one.value);
    if (chosen.length) person[field] = chosen;
  }
  const place = places[$("place").value === "" ? -1 : Number($("place").value)];
  if (place) person.area = place.area;
  if (place && place.lon !== null) person.location = { lon: place.lon, lat: place.lat, crs: place.crs };
  return person;
}

/** Return a number where the text is one; else the text, which the service refuses with its rule. */
function number(text) {
  const found = Number(text.trim().replace(/[,，元]/g, ""));
  return Number.isFinite(found) ? found : text;
}

/** Name the facts of the form's person that an explanation may point to. */
export function formFacts(person, words) {
  return Object.keys(person).map((code) => ({ code, text: null, label: words.facts[code] }));
}

/** Show one fact of a picked resident with its buttons; `change(column, value)` sends a tag, undefined takes it back. */
export function factLine(fact, tags, words, change) {
  const tagged = fact.code in tags;
  const gone = tagged && tags[fact.code] === null;
  const text = tagged && !gone ? shown(fact.code, tags[fact.code], words) : fact.text;
  const label = words.facts[fact.code] ?? fact.code;
  const line = el("li", { class: gone ? "gone" : "", "data-fact": fact.code },
    el("span", { class: "said" }, el("b", {}, `${label}：`), text));
  const button = (said, does) => el("button", { type: "button", class: "small", "aria-label": `${said}：${label}`, onclick: does }, said);
  if (tagged) line.append(button("恢复", () => change(fact.code, undefined)));
  if (!tagged && editable(fact.code)) line.append(button("更正", () => correct(line, fact, words, change)));
  if (!gone) line.append(button("不用这个信息", () => change(fact.code, null)));
  return line;
}

const editable = (code) => LISTS.includes(code) || code === "wage_min" || code === "education";

function shown(code, value, words) {
  if (code === "education") return words.education[value[0]] ?? value;
  return Array.isArray(value) ? value.join("、") : `${value}${code === "wage_min" ? "元" : ""}`;
}

function correct(line, fact, words, change) {
  const label = words.facts[fact.code];
  const field = fact.code === "education" ? el("select", { "aria-label": `更正${label}` }) : el("input", { "aria-label": `更正${label}` });
  if (fact.code === "education") fill(field, levels(words));
  else field.value = fact.text.replace(/元$/, "");
  const done = (event) => {
    event.preventDefault();
    const value = LISTS.includes(fact.code) ? members(field.value) : fact.code === "wage_min" ? number(field.value) : field.value;
    change(fact.code, value === "" || value.length === 0 ? null : value);
  };
  const form = el("form", { class: "correct", novalidate: "", onsubmit: done }, field, el("button", { class: "small" }, "确定"));
  line.replaceChildren(el("b", {}, `${label}：`), form);
  field.focus();
}
