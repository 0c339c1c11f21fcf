// Small helpers around the document. Texts are always set as text, never parsed as markup.

/** Makes an element: h("button.primary", {type: "button", onclick: f}, "Buy"). `null` children are left out. */
export function h(name, attributes = {}, ...children) {
    const [tag, ...classes] = name.split(".");
    const element = document.createElement(tag);
    if (classes.length)
        element.className = classes.join(" ");
    for (const [key, value] of Object.entries(attributes)) {
        if (value === null || value === undefined || value === false)
            continue;
        if (key.startsWith("on"))
            element.addEventListener(key.slice(2), value);
        else if (key === "color") // Through the CSSOM: the content security policy forbids style attributes.
            element.style.setProperty("--swatch", value);
        else
            element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
    return element;
}

/** Tells screen readers; the text is cleared first so that the same message twice is read twice. */
export function announce(text) {
    const live = document.getElementById("live");
    live.textContent = "";
    setTimeout(() => { live.textContent = text; }, 50);
}

export function banner(text) {
    const element = document.getElementById("banner");
    element.textContent = text ?? "";
    element.hidden = !text;
}

export const store = {
    get(key) {
        return JSON.parse(sessionStorage.getItem(`parterre.${key}`) ?? "null");
    },
    set(key, value) {
        sessionStorage.setItem(`parterre.${key}`, JSON.stringify(value));
    },
    remove(key) {
        sessionStorage.removeItem(`parterre.${key}`);
    },
};
