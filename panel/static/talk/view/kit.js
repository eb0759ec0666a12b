// @ts-check
// What practice adds to the panel, and where it goes. A real talk has no kit, and then none of this draws anything.

/**
 * @typedef {Object} Kit Every hook is optional; what a hook answers with is drawn in its place.
 * @property {(m:any) => any} [top] Above the script, at the top of the stage.
 * @property {(m:any, step:any, line:any) => any} [underLine] Under a line to say or a question to ask; line has an id and a text.
 * @property {(event:{id:string, at:string, type:string, data:Record<string, any>}, m:any) => void} [onEvent] Something was pressed or typed.
 * @property {(m:any) => any} [screen] Instead of the closing screen.
 */

/** @param {any} m */
export const kitTop = (m) => (m.kit && m.kit.top ? m.kit.top(m) : null);

/** @param {any} m @param {any} step @param {any} line */
export const underLine = (m, step, line) => (m.kit && m.kit.underLine ? m.kit.underLine(m, step, line) : null);

/** @param {any} m */
export const closing = (m) => (m.kit && m.kit.screen ? m.kit.screen(m) : null);
