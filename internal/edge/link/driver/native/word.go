package native

import (
	"larder"
	"larder/internal/edge/link/wire/pb"
)

// eventKinds are the words for what happens at a door; package wire lets no other number through.
var eventKinds = map[pb.DoorEventKind]larder.DoorEventKind{
	pb.DoorEventKind_DOOR_EVENT_KIND_OPENED: larder.DoorOpened,
	pb.DoorEventKind_DOOR_EVENT_KIND_CLOSED: larder.DoorShut,
	pb.DoorEventKind_DOOR_EVENT_KIND_FORCED: larder.DoorForced,
}

// results are the words for how a command ended; package wire lets no other number through.
var results = map[pb.Result]larder.AnswerResult{
	pb.Result_RESULT_DONE:    larder.AnswerDone,
	pb.Result_RESULT_REFUSED: larder.AnswerRefused,
	pb.Result_RESULT_EXPIRED: larder.AnswerExpired,
	pb.Result_RESULT_FAILED:  larder.AnswerFailed,
}

// decodeDoor returns the word for a door's state; a number that a later version added is unknown.
func decodeDoor(state pb.DoorState) larder.DoorState {
	switch state {
	case pb.DoorState_DOOR_STATE_CLOSED:
		return larder.DoorClosed
	case pb.DoorState_DOOR_STATE_OPENING:
		return larder.DoorOpening
	case pb.DoorState_DOOR_STATE_OPEN:
		return larder.DoorOpen
	case pb.DoorState_DOOR_STATE_UNKNOWN:
		return larder.DoorUnknown
	}
	return larder.DoorUnknown
}
