// Package mongo is the engine for production: MongoDB.
package mongo
