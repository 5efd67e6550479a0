// Package health is the room of 称重's memory of a scale: is it still one? 中文名：秤体健康。
//
// It owns one [State] for each lane, which events move ([State.Apply]): an idle reading, a visit, a
// restock, a person's service. From them it follows noise, spikes, zeros, missing and frozen readings,
// drift, creep and what charged pieces are off their unit mass, grades each ([Finding], with numbers
// and since when) and sums them up as a [Status]. run tells it what a cabinet reported, keeps the
// state with the lane, and asks [State.MayCharge]; api shows the findings and the calibration list.
// [Scan] makes a visit's [Sample] of its frames.
//
// It guarantees: a state has a bounded size and survives JSON to the last bit, so that the events
// after it, applied to what was stored, give what they would have given in memory; the same events
// give the same state; getting worse is believed at once, getting better one step at a time, each
// after half an hour of proof; a quarantined lane never charges. It reads no clock: time is what the
// events say.
package health
