import type { Settings } from '../domain/setting.js';
import { allSettings, shownText, type SettingName } from './config.js';
import type { Environment } from './environment.js';

export interface EffectiveSetting {
  readonly name: string;
  /** As people may see it, secrets masked; null when neither given nor defaulted. */
  readonly shown: string | null;
  readonly from: 'given' | 'default' | 'not set';
  readonly about: string;
}

/** Every setting with the text that counts, whether it is valid or not. */
export function effectiveSettings(environment: Environment): EffectiveSetting[] {
  return Object.entries(allSettings as Settings).map(([name, setting]) => {
    const text = environment[name] ?? setting.default;
    return {
      name,
      shown: text === undefined || text === '' ? null : shownText(name as SettingName, text),
      from: environment[name] !== undefined ? 'given' : text ? 'default' : 'not set',
      about: setting.about,
    };
  });
}
