// Package schedule does what is due at a time of day or every so often: backups, alarms, nightly
// comparisons. What a purchase waits for is never here: that is run's to-do list.
//
// It owns a database of its own (on SQLite a file beside the main one, on PostgreSQL a schema), in
// which River keeps the runs and this package the times; nobody else sees River. internal/app names
// the schedules ([Schedule]) and runs them ([Service.Run]); `larder schedule` opens the same database
// beside a platform that is running ([Open]) and pauses, re-times or starts one.
//
// It guarantees: of one schedule at most one run is waiting or under way, in however many processes;
// a time that passed while nobody was running is made up for once; a run that its process did not
// survive is done again; a pause and a changed time outlive restarts; what a run brought is kept and
// told to the observer. The schedules of a process start and stop with it.
//
// 中文名：定时任务。
package schedule
