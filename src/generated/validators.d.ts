import type { ValidateFunction } from 'ajv';
export declare const validateAccount: ValidateFunction;
export declare const validateAutomation: ValidateFunction;
export declare const validateConnector: ValidateFunction;
export declare const validatePlan: ValidateFunction;
export declare const validateTest: ValidateFunction;
export declare const validateWaybill: ValidateFunction;
export declare const validateJsonSchema: ValidateFunction;
