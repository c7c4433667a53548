// What one needs to act: what it pays or costs, when, where, whom to call, until when.

import { el } from "/page/dom.js";
import { withDays } from "/page/facts.js";

const PAID = { month: "每月", day: "每天", hour: "每小时" };
const FEWEST_DIGITS = 5;

/** Show an item's facts in a few short lines; nothing where nothing is known. */
export function act(kind, facts, words) {
  const lines = { job, course, amenity }[kind](facts ?? {}, words).concat(common(facts ?? {}));
  const known = lines.filter(([, said]) => said !== null && said !== "");
  return known.length ? el("ul", { class: "act" }, ...known.map(([name, said]) => el("li", {}, name ? el("b", {}, `${name}：`) : null, said))) : null;
}

const job = (facts, words) => [
  ["单位", facts.employer ?? null],
  ["工资", wage(facts)],
  ["用工形式", words.forms[facts.form] ?? null],
  ["上班时间", hours(facts.hours, words)],
];

const course = (facts, words) => [
  ["机构", facts.provider ?? null],
  ["费用", fee(facts)],
  ["开课", [facts.start_on, facts.end_on].filter(Boolean).join(" 至 ") || null],
  ["上课时间", hours(facts.schedule, words)],
];

const amenity = (facts, words) => [["营业时间", hours(facts.hours, words)], ["收费", facts.fee_note ?? null]];

const common = (facts) => [["地址", facts.address ?? null], ["电话", phone(facts.phone)], ["有效期至", lastDay(facts.valid_to)]];

const hours = (text, words) => (text ? withDays(text, words) : null);

function wage({ wage_min: least, wage_max: most, wage_unit: unit }) {
  if (!(unit in PAID) || (least === undefined && most === undefined)) return null;
  if (least === undefined) return `${PAID[unit]}最高${most}元`;
  if (most === undefined) return `${PAID[unit]}${least}元起`;
  return least === most ? `${PAID[unit]}${least}元` : `${PAID[unit]}${least}–${most}元`;
}

function fee({ fee: yuan, subsidised }) {
  if (yuan === undefined) return subsidised ? "可享补贴" : null;
  return yuan === 0 ? "免费" : `${yuan}元${subsidised ? "（可享补贴）" : ""}`;
}

/** Show telephone numbers as links that dial; what is no number stays text. */
function phone(text) {
  if (!text) return null;
  const parts = text.split(/\s*[、，,;；/]\s*|(?<=\d{7})\s+(?=[\d-]{7})/).filter(Boolean);
  return el("span", {}, ...parts.flatMap((part, at) => [at ? "、" : null, dialled(part)]));
}

function dialled(part) {
  const digits = part.replace(/[^\d+]/g, "");
  const callable = digits.replace("+", "").length >= FEWEST_DIGITS && /^[+\d\s()（）-]+$/.test(part);
  return callable ? el("a", { href: `tel:${digits}`, "aria-label": `拨打电话${part}` }, part) : part;
}

/** Return the last day on which an item holds; a date holds until its 24:00. */
function lastDay(instant) {
  if (!instant) return null;
  const last = new Date(new Date(instant).getTime() - 1000);
  return `${last.getFullYear()}年${last.getMonth() + 1}月${last.getDate()}日`;
}
