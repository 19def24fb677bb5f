// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <tl/expected.hpp>

namespace spillway {

/// What kind of failure it was; code branches on this, never on the text.
enum class ErrorCode {
    InvalidConfig, ///< the user's file, query or argument: exit 2
    Unauthorised,  ///< wrong password, missing right
    Unreachable,   ///< no broker, file or server there
    TimedOut,      ///< no answer in time; whether it was done may be unknown
    Cancelled,     ///< a stop was asked for
    Corrupt,       ///< bytes that should be ours are not what we wrote
    Conflict,      ///< somebody else holds or has changed it
    NotFound,      ///< the named thing does not exist
    Unsupported,   ///< this broker or file cannot do it
    Internal,      ///< our own mistake
};

/// A failure. `detail` is English, for logs, stderr and "more"; it says what, where and what to do,
/// and never holds a payload, a key or a secret.
struct Error
{
    ErrorCode code = ErrorCode::Internal;
    QString detail;

    friend bool operator==(const Error&, const Error&) = default;
};

template<typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

/// `return fail(ErrorCode::NotFound, u"no such job"_s);`
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, QString detail)
{
    return tl::unexpected<Error>(Error{code, std::move(detail)});
}

/// The same failure, with what was being tried in front of it.
[[nodiscard]] inline tl::unexpected<Error> failWithin(const QString& context, Error error)
{
    return tl::unexpected<Error>(Error{error.code, context + QStringLiteral(": ") + error.detail});
}

} // namespace spillway
