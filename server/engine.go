package main

import (
	"context"
	"fmt"

	"tahto/storage/driver"
	"tahto/storage/embedded"
	"tahto/storage/mongo"
)

// openEngine opens the engine that the settings name. Whoever opens it closes
// it.
func openEngine(ctx context.Context, c config) (driver.Engine, error) {
	if c.mongo != "" {
		return openMongo(ctx, c)
	}
	engine, err := embedded.Open(ctx, c.data, embedded.Options{})
	if err != nil {
		return nil, fmt.Errorf("data folder %s: %w", c.data, err)
	}
	return engine, nil
}

// openMongo never shows the URI: it may hold a password.
func openMongo(ctx context.Context, c config) (driver.Engine, error) {
	engine, err := mongo.Open(ctx, c.mongo, mongo.Options{Standalone: c.standalone})
	if err != nil {
		return nil, fmt.Errorf("-mongo: %w", err)
	}
	return engine, nil
}
