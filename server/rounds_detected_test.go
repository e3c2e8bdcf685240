//go:build race

package main

// raceRounds are fewer under the race detector, which makes each ten times as
// long; make race runs the others without it.
const raceRounds = 10
