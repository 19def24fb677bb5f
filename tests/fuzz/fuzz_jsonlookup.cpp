// SPDX-License-Identifier: GPL-3.0-or-later
// The first line is a JSON pointer, the rest any payload.
#include "letterbytes.h"
#include "model/deadletter/jsonlookup.h"
#include "model/deadletter/soundjson.h"

using namespace spillway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char*>(data), static_cast<qsizetype>(size));
    const qsizetype end = bytes.indexOf('\n');
    if (end < 0)
        return 0;
    const QString pointer = QString::fromUtf8(bytes.first(end));
    const QByteArray json = bytes.sliced(end + 1);
    fuzz::demand(jsonPointerValue(json, pointer) == jsonPointerValue(json, pointer));
    constexpr QByteArrayView names[] = {"event_type", "type"};
    (void)firstTextField(json, names);
    if (const auto sound = SoundJson::of(json)) // the way of large documents
        (void)sound->at(parseJsonPointer(pointer).value_or(JsonPath()));
    return 0;
}
