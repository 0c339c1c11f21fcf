// The layout document flattened to what the map and the list need: seats and areas by their number, which counts over
// the whole document in its order (shared/domain/layout/layout.h).

/** As shapeToJson() in shared/domain/layout/layoutjson.cpp writes it: what has its default may be left out. */
function shapeOf(json) {
    return {
        kind: json.kind, x: json.position.x, y: json.position.y,
        width: json.size?.width ?? 0, height: json.size?.height ?? 0, points: json.points ?? [],
        rotation: json.rotation ?? 0, text: json.text ?? "", textPosition: json.text_position ?? {x: 0, y: 0},
        textSize: json.text_size ?? 16,
    };
}

/** Corners of a shape's box, turned about its position. */
function cornersOf(shape) {
    let box = [[0, 0], [shape.width, 0], [shape.width, shape.height], [0, shape.height]];
    if (shape.kind === "polygon")
        box = shape.points.map(point => [point.x, point.y]);
    else if (shape.kind === "ellipse")
        box = box.map(([x, y]) => [x - shape.width / 2, y - shape.height / 2]);
    else if (shape.kind === "text")
        box = [[-shape.text.length * shape.textSize / 3, -shape.textSize], [shape.text.length * shape.textSize / 3, shape.textSize]];
    const turn = shape.rotation * Math.PI / 180;
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    return box.map(([x, y]) => ({x: shape.x + x * cos - y * sin, y: shape.y + x * sin + y * cos}));
}

function boundsOf(venue) {
    const points = venue.seats.flatMap(seat => [{x: seat.x - seat.radius, y: seat.y - seat.radius},
        {x: seat.x + seat.radius, y: seat.y + seat.radius}]);
    for (const shape of [...venue.areas.map(area => area.shape), ...venue.figures])
        points.push(...cornersOf(shape));
    const box = {left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity};
    for (const {x, y} of points) {
        box.left = Math.min(box.left, x);
        box.right = Math.max(box.right, x);
        box.top = Math.min(box.top, y);
        box.bottom = Math.max(box.bottom, y);
    }
    return points.length ? box : {left: 0, top: 0, right: 100, bottom: 100};
}

const seatName = (section, row, label) =>
    [section, row && `row ${row}`, label && `seat ${label}`].filter(Boolean).join(", ");

function addSection(venue, section, categoryOf) {
    const listed = {name: section.name ?? "", rows: [], areas: []};
    for (const row of section.rows ?? []) {
        const seats = (row.seats ?? []).map(seat => {
            const placed = {
                number: venue.seats.length, key: seat.key, label: seat.label ?? "", x: seat.position.x, y: seat.position.y,
                radius: seat.radius ?? 10, category: categoryOf(seat.category), note: seat.note ?? "",
                accessibility: seat.accessibility ?? "none",
                restrictedView: Boolean(seat.restricted_view), name: seatName(listed.name, row.label, seat.label),
            };
            venue.seats.push(placed);
            return placed;
        });
        listed.rows.push({label: row.label ?? "", seats});
    }
    for (const area of section.areas ?? []) {
        const placed = {number: venue.areas.length, key: area.key, name: area.name ?? section.name,
            category: categoryOf(area.category), shape: shapeOf(area.shape)};
        venue.areas.push(placed);
        listed.areas.push(placed);
    }
    for (const table of section.tables ?? [])
        venue.figures.push(shapeOf(table.shape));
    venue.figures.push(...(section.decorations ?? []).map(shapeOf));
    venue.sections.push(listed);
}

export function readVenue(layout) {
    const venue = {seats: [], areas: [], sections: [], figures: [], stage: null};
    const names = (layout.categories ?? []).map(category => category.name);
    const categoryOf = index => names[index] ?? "";
    for (const section of layout.sections ?? [])
        addSection(venue, section, categoryOf);
    if (layout.stage) {
        venue.stage = shapeOf(layout.stage);
        venue.figures.push(venue.stage);
    }
    venue.seatByKey = new Map(venue.seats.map(seat => [seat.key, seat]));
    venue.areaByKey = new Map(venue.areas.map(area => [area.key, area]));
    venue.bounds = boundsOf(venue);
    return venue;
}
