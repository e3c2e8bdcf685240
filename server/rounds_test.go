//go:build !race

package main

// raceRounds is how often the same race is run on each engine.
const raceRounds = 50
