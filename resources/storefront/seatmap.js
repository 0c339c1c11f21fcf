// The map on a canvas: what the venue looks like, what is free, and what is the visitor's own. It knows nothing of
// holds; it asks `stateOf(seat)` ("free", "mine", "held" or "sold") and `isAlone(seat)`, and reports what was pressed.
//
// States differ in form and not only in colour: free is a filled disc, the visitor's own has a ring and a tick, held
// is an empty ring, sold is a small cross, and a free seat that would be left alone has a broken ring around it. A
// wheelchair space is square.

const cell = 60; // Plan units of the grid that finds the seat under a pointer.
const zoomStep = 1.3;
const pixelsPerUnitMax = 4;
const pressSlack = 5; // Pixels that a finger may move and still press.

export class SeatMap {
    constructor(canvas, venue, callbacks) {
        this.canvas = canvas;
        this.venue = venue;
        this.callbacks = callbacks;
        this.pointers = new Map();
        this.hover = null;
        this.grid = new Map();
        for (const seat of venue.seats) {
            const id = this.cellOf(seat.x, seat.y);
            this.grid.set(id, [...this.grid.get(id) ?? [], seat]);
        }
        this.observer = new ResizeObserver(() => this.resize());
        this.observer.observe(canvas);
        this.dark = matchMedia("(prefers-color-scheme: dark)");
        this.repaint = () => this.paintSoon();
        this.dark.addEventListener("change", this.repaint);
        this.listen();
        this.resize();
    }

    destroy() {
        this.observer.disconnect();
        this.dark.removeEventListener("change", this.repaint);
    }

    cellOf(x, y) {
        return `${Math.floor(x / cell)}:${Math.floor(y / cell)}`;
    }

    resize() {
        const ratio = devicePixelRatio || 1;
        const {clientWidth: width, clientHeight: height} = this.canvas;
        if (!width)
            return; // Hidden behind the list: the view is kept for when it comes back.
        const first = !this.width;
        [this.width, this.height] = [width, height];
        this.canvas.width = Math.round(width * ratio);
        this.canvas.height = Math.round(height * ratio);
        if (first || this.fitted)
            this.fit();
        this.paintSoon();
    }

    fit() {
        const {left, top, right, bottom} = this.venue.bounds;
        const margin = 24;
        this.scale = Math.min(1.6, (this.width - 2 * margin) / (right - left), (this.height - 2 * margin) / (bottom - top));
        this.scale = Math.max(this.scale, 0.01);
        this.scaleMin = this.scale;
        this.x = (this.width - (left + right) * this.scale) / 2;
        this.y = (this.height - (top + bottom) * this.scale) / 2;
        this.fitted = true;
        this.paintSoon();
    }

    zoom(factor, at = {x: this.width / 2, y: this.height / 2}) {
        const scale = Math.min(pixelsPerUnitMax, Math.max(this.scaleMin, this.scale * factor));
        this.x = at.x - (at.x - this.x) * scale / this.scale;
        this.y = at.y - (at.y - this.y) * scale / this.scale;
        this.scale = scale;
        this.fitted = scale === this.scaleMin;
        if (this.fitted)
            this.fit();
        this.paintSoon();
    }

    zoomIn() { this.zoom(zoomStep); }
    zoomOut() { this.zoom(1 / zoomStep); }

    pan(dx, dy) {
        const {left, top, right, bottom} = this.venue.bounds;
        const keep = 60; // Pixels of the plan that stay in sight.
        this.x = Math.min(this.width - keep - left * this.scale, Math.max(keep - right * this.scale, this.x + dx));
        this.y = Math.min(this.height - keep - top * this.scale, Math.max(keep - bottom * this.scale, this.y + dy));
        this.fitted = false;
        this.paintSoon();
    }

    /** Moves and zooms until these seats are seen with what is around them. */
    show(seats) {
        if (!seats.length || !this.width)
            return;
        const around = 160; // Plan units on each side: some rows.
        const [xs, ys] = [seats.map(seat => seat.x), seats.map(seat => seat.y)];
        const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
        const wanted = Math.min(1.6, this.width / (right - left + 2 * around), this.height / (bottom - top + 2 * around));
        this.scale = Math.max(this.scaleMin, wanted);
        this.x = this.width / 2 - (left + right) / 2 * this.scale;
        this.y = this.height / 2 - (top + bottom) / 2 * this.scale;
        this.fitted = this.scale === this.scaleMin;
        if (this.fitted)
            this.fit();
        this.paintSoon();
    }

    toScreen(place) {
        return {x: place.x * this.scale + this.x, y: place.y * this.scale + this.y};
    }

    /** What lies under a point of the canvas: a seat within reach of a finger, else an area, else null. */
    placeAt(point) {
        const [x, y] = [(point.x - this.x) / this.scale, (point.y - this.y) / this.scale];
        const reach = Math.max(12 / this.scale, 10);
        let best = null;
        let bestDistance = Infinity;
        for (let gx = Math.floor((x - reach) / cell); gx <= Math.floor((x + reach) / cell); ++gx) {
            for (let gy = Math.floor((y - reach) / cell); gy <= Math.floor((y + reach) / cell); ++gy) {
                for (const seat of this.grid.get(`${gx}:${gy}`) ?? []) {
                    const distance = Math.hypot(seat.x - x, seat.y - y);
                    if (distance < bestDistance && distance <= Math.max(reach, seat.radius))
                        [best, bestDistance] = [seat, distance];
                }
            }
        }
        if (best)
            return {seat: best};
        const context = this.canvas.getContext("2d");
        for (const area of this.venue.areas) {
            context.setTransform(1, 0, 0, 1, 0, 0);
            const shape = area.shape;
            const turn = -shape.rotation * Math.PI / 180;
            const [dx, dy] = [x - shape.x, y - shape.y];
            const local = [dx * Math.cos(turn) - dy * Math.sin(turn), dx * Math.sin(turn) + dy * Math.cos(turn)];
            if (context.isPointInPath(outline(shape), ...local))
                return {area};
        }
        return null;
    }

    listen() {
        const canvas = this.canvas;
        const pointOf = event => ({x: event.offsetX, y: event.offsetY});
        canvas.addEventListener("wheel", event => {
            event.preventDefault();
            this.zoom(Math.exp(-event.deltaY / 400), pointOf(event));
        }, {passive: false});
        canvas.addEventListener("pointerdown", event => {
            canvas.setPointerCapture(event.pointerId);
            this.pointers.set(event.pointerId, {...pointOf(event), moved: 0});
            this.pinched = this.pointers.size > 1;
        });
        canvas.addEventListener("pointermove", event => this.moved(event, pointOf(event)));
        canvas.addEventListener("pointerup", event => {
            const pointer = this.pointers.get(event.pointerId);
            this.pointers.delete(event.pointerId);
            const place = this.placeAt(pointOf(event));
            if (pointer && pointer.moved <= pressSlack && !this.pinched && place)
                this.callbacks.pressed(place);
        });
        canvas.addEventListener("pointercancel", event => this.pointers.delete(event.pointerId));
        canvas.addEventListener("pointerleave", () => this.setHover(null));
        canvas.addEventListener("keydown", event => this.keyPressed(event));
    }

    moved(event, point) {
        const pointer = this.pointers.get(event.pointerId);
        if (!pointer) {
            this.setHover(this.placeAt(point), point);
            return;
        }
        const before = [...this.pointers.values()].map(({x, y}) => ({x, y}));
        pointer.moved += Math.hypot(point.x - pointer.x, point.y - pointer.y);
        const [dx, dy] = [point.x - pointer.x, point.y - pointer.y];
        Object.assign(pointer, point);
        if (this.pointers.size === 2) {
            const [a, b] = [...this.pointers.values()];
            const spread = Math.hypot(a.x - b.x, a.y - b.y) / Math.max(1, Math.hypot(before[0].x - before[1].x, before[0].y - before[1].y));
            this.zoom(spread, {x: (a.x + b.x) / 2, y: (a.y + b.y) / 2});
        } else if (pointer.moved > pressSlack) {
            this.setHover(null);
            this.pan(dx, dy);
        }
    }

    keyPressed(event) {
        const step = 60;
        const actions = {
            ArrowLeft: () => this.pan(step, 0), ArrowRight: () => this.pan(-step, 0),
            ArrowUp: () => this.pan(0, step), ArrowDown: () => this.pan(0, -step),
            "+": () => this.zoomIn(), "=": () => this.zoomIn(), "-": () => this.zoomOut(), 0: () => this.fit(),
        };
        if (!actions[event.key])
            return;
        event.preventDefault();
        actions[event.key]();
    }

    setHover(place, point = null) {
        this.hover = place;
        this.canvas.classList.toggle("over-place", Boolean(place));
        this.callbacks.hovered(place, place?.seat ? this.toScreen(place.seat) : point);
        this.paintSoon();
    }

    /** Colours of the theme are those of the style sheet, so that the map follows dark mode. */
    theme() {
        const style = getComputedStyle(document.documentElement);
        const value = name => style.getPropertyValue(name).trim();
        return {ink: value("--ink"), soft: value("--ink-soft"), line: value("--line"), paper: value("--map"), raised: value("--raised")};
    }

    paintSoon() {
        this.frame ??= requestAnimationFrame(() => {
            this.frame = null;
            this.paint();
        });
    }

    paint() {
        if (!this.width)
            return;
        const context = this.canvas.getContext("2d");
        const ratio = devicePixelRatio || 1;
        const theme = this.theme();
        context.setTransform(ratio, 0, 0, ratio, 0, 0);
        context.clearRect(0, 0, this.width, this.height);
        for (const figure of this.venue.figures)
            this.paintShape(context, figure, theme.raised, theme.line, figure === this.venue.stage ? figure.text || "Stage" : figure.text, theme.soft);
        for (const area of this.venue.areas)
            this.paintArea(context, area, theme);
        for (const seat of this.venue.seats) {
            const {x, y} = this.toScreen(seat);
            if (x > -40 && y > -40 && x < this.width + 40 && y < this.height + 40)
                this.paintSeat(context, seat, x, y, theme);
        }
    }

    paintShape(context, shape, fill, border, text, textColor) {
        context.save();
        context.translate(shape.x * this.scale + this.x, shape.y * this.scale + this.y);
        context.rotate(shape.rotation * Math.PI / 180);
        context.scale(this.scale, this.scale);
        if (shape.kind !== "text") {
            const path = outline(shape);
            context.fillStyle = fill;
            context.fill(path);
            context.lineWidth = 1.5 / this.scale;
            context.strokeStyle = border;
            context.stroke(path);
        }
        if (text) {
            const centred = shape.kind === "rectangle" ? {x: shape.width / 2, y: shape.height / 2} : centreOf(shape);
            // Names of places are always readable; words that only decorate the plan wait until there is room for them.
            const isDecoration = shape.kind === "text";
            if (isDecoration && shape.textSize * this.scale < 8) {
                context.restore();
                return;
            }
            const size = isDecoration ? shape.textSize : Math.max(11 / this.scale, shape.textSize);
            context.font = `600 ${size}px Georgia, "Times New Roman", serif`;
            context.fillStyle = textColor;
            context.textAlign = "center";
            context.textBaseline = "middle";
            context.fillText(text, centred.x, centred.y);
        }
        context.restore();
    }

    paintArea(context, area, theme) {
        const {free, color, mine} = this.callbacks.areaState(area);
        context.globalAlpha = free > 0 || mine ? 1 : 0.35;
        const border = this.hover?.area === area || mine ? theme.ink : color;
        this.paintShape(context, area.shape, `${color}33`, border, `${area.name} · ${mine ? `${mine} yours` : free > 0 ? `${free} free` : "sold out"}`, theme.ink);
        context.globalAlpha = 1;
    }

    paintSeat(context, seat, x, y, theme) {
        const state = this.callbacks.stateOf(seat);
        const color = this.callbacks.colorOf(seat.category);
        const radius = Math.max(1.5, seat.radius * this.scale * 0.88);
        const body = grow => {
            context.beginPath();
            if (seat.accessibility === "wheelchair")
                context.roundRect(x - radius - grow, y - radius - grow, 2 * (radius + grow), 2 * (radius + grow), radius * 0.3);
            else
                context.arc(x, y, Math.max(0.5, radius + grow), 0, 2 * Math.PI);
        };
        context.lineWidth = Math.max(1, radius * 0.16);
        if (state === "sold") {
            const arm = radius * 0.38;
            context.strokeStyle = theme.soft;
            context.globalAlpha = 0.55;
            context.beginPath();
            context.moveTo(x - arm, y - arm);
            context.lineTo(x + arm, y + arm);
            context.moveTo(x + arm, y - arm);
            context.lineTo(x - arm, y + arm);
            context.stroke();
            context.globalAlpha = 1;
        } else if (state === "held") {
            context.strokeStyle = theme.soft;
            body(-radius * 0.15);
            context.stroke();
        } else {
            context.fillStyle = state === "mine" ? theme.ink : color;
            body(0);
            context.fill();
            if (this.dark.matches) { // Deep zone colours need an edge on a dark ground.
                context.strokeStyle = theme.soft;
                context.stroke();
            }
        }
        if (state === "mine")
            paintTick(context, x, y, radius, theme.paper);
        if (state === "mine" || this.hover?.seat === seat) {
            context.strokeStyle = theme.ink;
            body(radius * 0.35);
            context.stroke();
        }
        if (state === "free" && this.callbacks.isAlone(seat)) {
            context.strokeStyle = theme.ink;
            context.setLineDash([radius * 0.5, radius * 0.35]);
            body(radius * 0.45);
            context.stroke();
            context.setLineDash([]);
        }
        if (state === "free" && radius > 9) {
            context.fillStyle = inkOn(color);
            context.font = `600 ${Math.round(radius * 0.85)}px system-ui, sans-serif`;
            context.textAlign = "center";
            context.textBaseline = "middle";
            context.fillText(seat.label, x, y + 0.5);
        }
    }
}

function paintTick(context, x, y, radius, color) {
    context.strokeStyle = color;
    context.beginPath();
    context.moveTo(x - radius * 0.42, y);
    context.lineTo(x - radius * 0.08, y + radius * 0.36);
    context.lineTo(x + radius * 0.45, y - radius * 0.34);
    context.stroke();
}

/** Black or white, whichever reads better on `#rrggbb` (relative luminance of WCAG 2.2). */
function inkOn(color) {
    const [r, g, b] = [1, 3, 5].map(i => (parseInt(color.slice(i, i + 2), 16) / 255) ** 2.2);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "#000000" : "#ffffff";
}

function outline(shape) {
    const path = new Path2D();
    if (shape.kind === "ellipse") {
        path.ellipse(0, 0, shape.width / 2, shape.height / 2, 0, 0, 2 * Math.PI);
    } else if (shape.kind === "polygon") {
        shape.points.forEach((point, i) => i ? path.lineTo(point.x, point.y) : path.moveTo(point.x, point.y));
        path.closePath();
    } else {
        path.rect(0, 0, shape.width, shape.height);
    }
    return path;
}

function centreOf(shape) {
    if (shape.kind !== "polygon" || !shape.points.length)
        return {x: 0, y: 0};
    const total = shape.points.reduce((a, b) => ({x: a.x + b.x, y: a.y + b.y}));
    return {x: total.x / shape.points.length, y: total.y / shape.points.length};
}
