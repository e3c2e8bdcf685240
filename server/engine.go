package main

import (
	"context"
	"fmt"

	"tahto/storage/driver"
	"tahto/storage/embedded"
)

// openEngine opens the engine that the settings name. Whoever opens it closes
// it.
func openEngine(ctx context.Context, c config) (driver.Engine, error) {
	engine, err := embedded.Open(ctx, c.data, embedded.Options{})
	if err != nil {
		return nil, fmt.Errorf("data folder %s: %w", c.data, err)
	}
	return engine, nil
}
