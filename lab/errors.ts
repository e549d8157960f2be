/** What keeps the lab from coming up, or from being used; the message says what to do about it. */
export class LabError extends Error {}
