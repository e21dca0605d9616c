import { useEffect, useState } from 'react';
import type { GroupValidation } from '../../src/api/contract/packaging';
import { send } from '../api';
import { useLater } from '../use-later';

/** What the server says of the text, once the typing rests; undefined while it is not known. */
export function useVerdict(text: string): GroupValidation | undefined {
  const [verdict, setVerdict] = useState<{ text: string; said: GroupValidation }>();
  const settled = useLater(text, 300);
  useEffect(() => {
    if (settled === '') return undefined;
    let wanted = true;
    judged(settled).then(
      (said) => wanted && setVerdict({ text: settled, said }),
      () => wanted && setVerdict(undefined),
    );
    return () => void (wanted = false);
  }, [settled]);
  return verdict?.text === text ? verdict.said : undefined;
}

function judged(text: string): Promise<GroupValidation> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return Promise.resolve({ valid: false, problems: [(error as Error).message], fields: [], configurations: [] });
  }
  return send<GroupValidation>('POST', 'api/packaging-groups/validate', json);
}
