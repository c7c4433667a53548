// Lists as they are shown: items with fit, minutes, reasons, what is missing, and why.

import { act } from "/page/act.js";
import { el } from "/page/dom.js";

export const KINDS = { job: "工作", course: "培训", amenity: "便民服务" };
const FIT = { high: "高", medium: "中", low: "低", unknown: "未知" };
const RANKERS = { model: "按匹配程度排列", fallback: "通用排序", neutral: "先近后新" };
const FAR = 120;
const MINUTES = ["near", "walk"]; // said beside the fit already
const SAME = { job: "招聘", course: "培训", amenity: "信息" };
const STATUS = { open: "可以参加", likely: "可能符合", unknown: "需要确认" };

export function reachText(reach) {
  if (reach?.minutes > FAR) return `路远，步行要${Math.floor(reach.minutes / 60)}小时以上`;
  if (reach && reach.minutes !== null && reach.minutes !== undefined) return `步行约${Math.max(1, Math.round(reach.minutes))}分钟`;
  return { online: "线上", area: "同一地区" }[reach?.method] ?? "距离未知";
}

const saidList = (said, name) => (said.length ? el("ul", { class: `said-list ${name}` }, ...said.map((one) => el("li", {}, one.text))) : null);

/** Show one kind's list; `why(kind, id, panel)` fills an item's explanation. */
export function list(kind, items, ranker, why, words) {
  const title = el("h2", { id: `${kind}-title` }, KINDS[kind], el("small", {}, ranker ? RANKERS[ranker] ?? "" : ""));
  const body = items?.length
    ? el("ol", {}, ...items.map((item) => card(kind, item, why, words)))
    : el("p", { class: "empty" }, items ? "没有可以显示的结果。" : "暂无这类信息。");
  return el("section", { class: "list", id: kind, "aria-labelledby": `${kind}-title` }, title, body);
}

function card(kind, item, why, words) {
  const minutes = reachText(item.reach);
  const reasons = item.reasons.filter((one) => !MINUTES.includes(one.code));
  const panel = el("div", { class: "why", id: `why-${kind}-${item.rank}`, hidden: "" });
  const button = el("button", { type: "button", class: "why-button", "aria-expanded": "false", "aria-controls": panel.id,
    "aria-label": `为什么推荐${item.title}？` }, "为什么推荐？");
  button.addEventListener("click", () => {
    panel.hidden = !panel.hidden;
    button.setAttribute("aria-expanded", String(!panel.hidden));
    if (!panel.hidden) why(kind, item.item_id, panel);
  });
  return el("li", { class: "item", "data-item": item.item_id },
    el("span", { class: "rank" }, el("span", { class: "unseen" }, "第"), `${item.rank}`),
    el("div", { class: "body" },
      el("h3", {}, item.title),
      el("p", { class: "meta" }, el("span", { class: `fit ${item.fit}` }, `匹配度 ${FIT[item.fit] ?? "未知"}`), el("span", { class: "minutes" }, minutes)),
      item.more_like_this ? el("p", { class: "hint same" }, `另有${item.more_like_this}条同样的${SAME[kind]}`) : null,
      act(kind, item.facts, words),
      saidList(reasons, "reasons"),
      saidList(item.missing, "missing"),
      item.fit_note && kind !== "amenity" ? el("p", { class: "hint" }, item.fit_note.text) : null,
      button, panel));
}

/** Show why an item stands in its list: the strongest contributions, and the facts that they look at. */
export function explanation(item, ranker, facts) {
  if (ranker === "neutral") return [el("p", {}, "个性化推荐已关闭：这个列表只按远近和发布时间排列，没有用到您的个人特点。")];
  if (!item) return [el("p", {}, "这一项刚刚有变化，请重新查看列表。")];
  if (!item.why) return [el("p", {}, "这一类用的是通用排序，没有模型，因此没有各因素的影响值。理由见上面。")];
  if (!item.why.length) return [el("p", {}, "没有哪个因素特别让它靠前。")];
  const most = item.why[0].value;
  const weights = el("ul", { class: "weights" }, ...item.why.map((one) => el("li", { "data-code": one.code },
    el("span", {}, one.text),
    el("meter", { min: "0", max: "1", value: `${one.value / most}`, "aria-label": `${one.text}：相当于最强因素的${Math.round((100 * one.value) / most)}%` }))));
  const used = facts.length
    ? [el("h4", {}, "用到的个人信息"), el("ul", { class: "facts" }, ...facts)]
    : [el("p", {}, "这些因素没有用到您填写的个人信息。")];
  return [el("h4", {}, "让它靠前的主要因素"), weights, ...used];
}

/** Show what is offered to groups by rule; nothing where there is nothing. */
export function programmes(told, words) {
  if (!told?.length) return null;
  const title = el("h2", { id: "programmes-title" }, "专项服务", el("small", {}, "按公开规则列出，不由模型排序"));
  return el("section", { class: "list programmes", id: "programmes", "aria-labelledby": "programmes-title" },
    title, el("ul", {}, ...told.map((one) => programme(one, words))));
}

function programme(one, words) {
  const items = one.items.map((item) => el("li", { "data-item": item.item_id },
    el("b", {}, item.title), el("p", { class: "meta" }, reachText(item.reach)), act(one.kind, item.facts, words), saidList(item.reasons ?? [], "reasons")));
  const fit = { open: "high", likely: "medium" }[one.status] ?? "unknown";
  return el("li", { class: "programme" },
    el("h3", {}, one.name ?? one.group),
    el("p", { class: "meta" }, el("span", { class: `fit ${fit}` }, STATUS[one.status] ?? STATUS.unknown), el("span", {}, KINDS[one.kind] ?? "")),
    one.text && one.text !== STATUS[one.status] ? el("p", {}, one.text) : null,
    items.length ? el("ul", {}, ...items) : null,
    one.order ? el("p", { class: "hint" }, one.order) : null);
}
