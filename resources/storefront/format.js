// Money, times and ids as people and the server read them.

const locale = "en-GB";

// Kept, since to make one takes as long as to lay out a seat, and a list of a house says some thousand prices.
const moneyFormats = new Map();

function moneyFormat(currency) {
    if (!moneyFormats.has(currency)) {
        const format = new Intl.NumberFormat(locale, {style: "currency", currency});
        moneyFormats.set(currency, {format, unit: 10 ** format.resolvedOptions().maximumFractionDigits});
    }
    return moneyFormats.get(currency);
}

/** `{amount: 2500, currency: "EUR"}` to "€25.00"; amounts are minor units and stay whole numbers until here. */
export function money(value) {
    const {format, unit} = moneyFormat(value.currency);
    return format.format(value.amount / unit);
}

export function sum(values, currency) {
    return {amount: values.reduce((total, value) => total + value.amount, 0), currency};
}

const inZone = (instant, timeZone, options) => new Intl.DateTimeFormat(locale, {timeZone, ...options}).format(new Date(instant));
export const day = (instant, zone) => inZone(instant, zone, {weekday: "long", day: "numeric", month: "long", year: "numeric"});
export const dayOfMonth = (instant, zone) => inZone(instant, zone, {day: "numeric"});
export const monthShort = (instant, zone) => inZone(instant, zone, {month: "short"});
export const time = (instant, zone) => inZone(instant, zone, {hour: "2-digit", minute: "2-digit"});
export const timeWithZone = (instant, zone) =>
    inZone(instant, zone, {hour: "2-digit", minute: "2-digit", timeZoneName: "short"});

export function countdown(seconds) {
    const left = Math.max(0, Math.ceil(seconds));
    return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
}

export const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;

/** RFC 9562 version 7: 48 bits of milliseconds, then random bits. */
export function uuidV7() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    let now = Date.now();
    for (let i = 5; i >= 0; --i) {
        bytes[i] = now % 256;
        now = Math.floor(now / 256);
    }
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    const hex = [...bytes].map(byte => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
