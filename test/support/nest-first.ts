// CommonJS packages of the Nest family require the ESM core. Jest allows that only once the core has been evaluated.
import 'reflect-metadata';
import '@nestjs/common';
import '@nestjs/core';
