// @ts-check
// What nobody needs in the first seconds of a talk. It is fetched while the first line is already on the screen, so that a
// phone on a slow network can be worked with sooner; once it is here, it needs no network either.

export { sheet } from "./sheets.js";
export { ended, wrapFoot, wrapup } from "./wrapup.js";
