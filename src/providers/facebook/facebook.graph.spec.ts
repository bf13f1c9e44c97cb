import { describe, expect, it } from '@jest/globals';
import { appSecretProof } from './facebook.graph.js';

describe('appSecretProof', () => {
  it('signs the token alone', () => {
    expect(appSecretProof('EAAtoken', 'app-secret-123')).toBe(
      '86c194fbbd8bc05e650c14557cd5c18edf49d7eda32b7f387ae77c0ab3ac349d',
    );
  });

  it('signs the token and the time', () => {
    expect(appSecretProof('EAAtoken', 'app-secret-123', 1795219200)).toBe(
      '17a8067c342ce18d18cc35ff7da35c89dd6823195efec0664c44f45b605caab5',
    );
  });
});
