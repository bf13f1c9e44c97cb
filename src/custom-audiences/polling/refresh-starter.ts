/** Sends the stored members of a custom audience again: what `autoUpdate` does when its time has come. */
export abstract class RefreshStarter {
  /**
   * Starts it and returns once it is stored durably. May be called twice for one time when a process died in between.
   *
   * @param audienceId `custom_audiences.id`
   */
  abstract refresh(audienceId: string): Promise<void>;
}
