// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/workspace/workspace.h"

#include <QByteArray>

/// A mapping written into a person's spillway.yaml: only its lines change, comments and all else stay byte for byte.
namespace spillway {

/// Names of the fields a mapping may have, in the order in which people think of them.
[[nodiscard]] QStringList mappingFieldNames();

/// Which letters a mapping is for, beside its fields: `letters: all` takes those too that a dialect is sure of. Without
/// it, it reads what no dialect recognises.
inline const QString lettersField = QStringLiteral("letters");
[[nodiscard]] bool takesEveryLetter(const DeadLetterMapping& mapping);
void setTakesEveryLetter(DeadLetterMapping& mapping, bool takes);

/// RFC 6901: empty, or parts that each begin with a slash; ~ only as ~0 and ~1.
[[nodiscard]] bool isJsonPointer(const QString& text);

/// `{ header: x-error-class }`, `{ payload: /error/message }`, `{ value: billing }`, in quotes where YAML needs them.
[[nodiscard]] QString fieldSourceYaml(const FieldSource& source);

/// The mapping as lines of YAML, each behind `indent` blanks; begins with `mapping:`.
[[nodiscard]] QString mappingYaml(const DeadLetterMapping& mapping, int indent);

struct MappingEdit
{
    QByteArray before; ///< the file as it was read
    QByteArray text;   ///< the file afterwards
    QString diff;      ///< what changes, lines with `-` and `+` and two lines around them
    friend bool operator==(const MappingEdit&, const MappingEdit&) = default;
};

/// Puts the channel's mapping into the text of spillway.yaml: in the entry that names the topic, else in a new entry
/// before the others (a named topic counts before a pattern). What comes out is read again and must say the same as
/// before but for this mapping; else nothing is changed. InvalidConfig: the text is no workspace or has no such
/// connection, or a field of the mapping names no JSON pointer where it has to; Unsupported: it is written in a way
/// (aliases, an empty list) that has to be edited by hand; then the detail says where. Pure; any thread.
[[nodiscard]] Result<MappingEdit> editMapping(const QByteArray& yaml, const QString& file, const QString& connection,
                                              const QString& channel, const DeadLetterMapping& mapping);

/// Writes the edit, if the file still is as it was read; Conflict when somebody changed it meanwhile. The file is
/// replaced whole or not at all. Blocking.
[[nodiscard]] Status saveMappingEdit(const QString& file, const MappingEdit& edit);

} // namespace spillway
