// Package disk is a disk whose power can be cut.
//
// A filesystem lives in an image file, mounted through a loop device. What a program wrote and did
// not sync is in the kernel's memory and not in the image, as it is on a disk: a copy of the image is
// what the disk would hold if the power went at that moment ([Disk.Cut]). SIGKILL alone shows nothing
// of it, because the kernel's memory outlives the process.
//
// Tests of durability call it. It needs root and loop devices; where they are not to be had
// [New] skips the test and says why. It guarantees that nothing stays mounted after the test.
//
// 中文名：会断电的磁盘。
package disk
