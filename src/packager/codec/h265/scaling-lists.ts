import type { BitReader } from '../../bits/bit-reader.js';

/** Passes scaling_list_data, ITU-T H.265 §7.3.4: the values only matter to a decoder. @throws MalformedError */
export function skipScalingLists(reader: BitReader): void {
  for (let size = 0; size < 4; size += 1) {
    for (let matrix = 0; matrix < 6; matrix += size === 3 ? 3 : 1) {
      if (!reader.flag()) {
        reader.ue(); // scaling_list_pred_matrix_id_delta
        continue;
      }
      if (size > 1) reader.se(); // scaling_list_dc_coef_minus8
      const coefficients = Math.min(64, 1 << (4 + size * 2));
      for (let index = 0; index < coefficients; index += 1) reader.se();
    }
  }
}
