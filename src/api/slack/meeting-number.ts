/** Digits of a Zoom meeting's number as people write it: `123 456 7890`, `123-456-7890`, in bold; undefined when it is none. */
export function readMeetingNumber(text: string): string | undefined {
  const digits = text.replace(/[-\s*]/g, '');
  return /^\d{9,11}$/.test(digits) ? digits : undefined;
}

/** As Zoom writes it: 3-3-3, 3-3-4, 3-4-4. */
export function showMeetingNumber(digits: string): string {
  const second = digits.length === 11 ? 7 : 6;
  return [digits.slice(0, 3), digits.slice(3, second), digits.slice(second)].filter((part) => part !== '').join(' ');
}
