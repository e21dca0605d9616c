/** Where the texts of packaging groups are kept, each under its id. */
export interface PackagingGroupStore {
  ids(): Promise<readonly string[]>;
  read(id: string): Promise<string | undefined>;
  /** Whole or not at all; what was there before is replaced. */
  write(id: string, text: string): Promise<void>;
  /** For people who look for it. */
  placeOf(id: string): string;
}
