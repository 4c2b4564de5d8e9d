/** Code of a run that ended because what its plan rests on is no longer as approved. */
export const MOVED = 'flow.moved';
