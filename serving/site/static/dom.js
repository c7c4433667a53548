// Elements are made here and nowhere else; what comes from data only ever becomes text.

export const $ = (id) => document.getElementById(id);

/** Make an element; `given` holds properties, `on…` handlers and attributes; children are nodes or texts. */
export function el(name, given = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "class") made.className = value;
    else if (value !== undefined && value !== null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Fill a <select> with [value, text] pairs behind the options that it has. */
export function fill(select, pairs) {
  select.append(...pairs.map(([value, text]) => el("option", { value }, text)));
}

export async function getJson(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}
