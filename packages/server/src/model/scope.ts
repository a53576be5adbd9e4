/** A permission that a client can ask for, as the administrator described it. */
export interface Scope {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly isDefault: boolean;
  readonly isActive: boolean;
  /** Made at start-up; cannot be renamed, deactivated or removed. */
  readonly isSystem: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly version: number;
}
