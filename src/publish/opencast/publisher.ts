/** Who is named as the publisher: the one that overrides all, the series' own, the default. `None` is none. */
export function choosePublisher({
  override,
  ofSeries,
  fallback,
}: {
  readonly override: string | undefined;
  readonly ofSeries: string | undefined;
  readonly fallback: string | undefined;
}): string | undefined {
  return [override, ofSeries, fallback].find(
    (name) => name !== undefined && name.trim() !== '' && name.trim() !== 'None',
  );
}
