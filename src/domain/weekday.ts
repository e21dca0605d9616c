/** Monday to Sunday, the letters that class schedules use. */
export const weekdays = ['M', 'T', 'W', 'R', 'F', 'S', 'U'] as const;
export type Weekday = (typeof weekdays)[number];
