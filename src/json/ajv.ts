// By itself, so that the published program can keep both packages in one file, which is read when a schema is compiled.
export { Ajv2020 } from 'ajv/dist/2020.js';
export { default as formats } from 'ajv-formats';
