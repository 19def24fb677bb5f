// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace spillway {

/// How far a thread steps back when this program's threads want more processor time than there is. The window's thread
/// never does.
enum class ThreadRank {
    Answers, ///< somebody waits for it, and can wait a little
    Intake   ///< goes on by itself
};

/// The calling thread steps back, and so do threads that it starts from then on. A thread cannot come forward again: of
/// two calls the one that steps back further counts. Where threads have no such rank of their own (other systems than
/// Linux) nothing happens.
void stepBack(ThreadRank rank);

} // namespace spillway
