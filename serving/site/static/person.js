// Who is asked for where nobody was picked: what the form says.

import { $, el, fill } from "/page/dom.js";
import { birthYears, byDistrict, levels, members, months, number } from "/page/facts.js";

const LISTS = ["desired", "occupations", "skills"];

/** Prepare the form: years, levels of education, places by district, forms of work, needs, groups. */
export function prepare(words, places) {
  fill($("year"), birthYears());
  fill($("month"), months());
  fill($("education"), levels(words));
  $("place").append(...byDistrict(places));
  $("forms").append(...Object.entries(words.forms).map(([value, text]) => box("form", value, text)));
  $("needs").append(...words.asked.map((value) => box("need", value, words.needs[value])));
  $("groups").append(...Object.entries(words.groups).map(([value, text]) => box("group", value, text)));
}

function box(name, value, text) {
  const id = `${name}-${value}`;
  return el("label", { for: id }, el("input", { type: "checkbox", id, name, value }), text);
}

const chosen = (name) => [...document.querySelectorAll(`#form input[name="${name}"]:checked`)].map((one) => one.value);

/** Return the groups that are ticked: they open programmes and are no facts of the person. */
export const vouched = () => chosen("group");

/** Return the person that the form describes; what was left empty is left out. */
export function described(places) {
  const person = {};
  if ($("year").value || $("month").value) person.birth_month = `${$("year").value}-${$("month").value}`;
  if ($("education").value) person.education = $("education").value;
  for (const name of LISTS) if (members($(name).value).length) person[name] = members($(name).value);
  if ($("wage_min").value.trim()) person.wage_min = number($("wage_min").value);
  for (const [name, field] of [["form", "forms"], ["need", "needs"]]) {
    if (chosen(name).length) person[field] = chosen(name);
  }
  const place = places[$("place").value === "" ? -1 : Number($("place").value)];
  if (place) person.area = place.area;
  if (place && place.lon !== null) person.location = { lon: place.lon, lat: place.lat, crs: place.crs };
  return person;
}

/** Name the facts of the form's person that an explanation may point to. */
export function formFacts(person, words) {
  return Object.keys(person).map((code) => ({ code, text: null, label: words.facts[code] }));
}
