import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/js/**/*.test.js"],
    environment: "jsdom",
    // The page shows times in its own zone; the tests' must not be that of the machine.
    env: { TZ: "UTC" },
  },
});
