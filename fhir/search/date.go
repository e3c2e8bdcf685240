package search

import "tahto/fhir"

// low is the first microsecond of what a date may mean.
func low(d fhir.Date) int64 { return d.Start.UnixMicro() }

// high is the first microsecond after it, one after low at least.
func high(d fhir.Date) int64 { return d.Shifted(1).UnixMicro() }
