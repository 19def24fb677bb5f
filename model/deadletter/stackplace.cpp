// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/stackplace.h"

#include <algorithm>
#include <array>

namespace spillway {

namespace {

constexpr qsizetype longestPath = 1024;

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isOneOf(QByteArrayView folder, std::initializer_list<QByteArrayView> folders)
{
    return std::find(folders.begin(), folders.end(), folder) != folders.end();
}

/// `file:///app/x.js`, `webpack://billing/./src/x.js?a1b2`, `https://host/x.js` from the path on; the name of the
/// system's drive too.
QByteArrayView withoutScheme(QByteArrayView file)
{
    if (const qsizetype query = file.indexOf('?'); query > 0)
        file = file.first(query);
    if (const qsizetype scheme = file.indexOf("://"); scheme > 0) {
        file = file.sliced(scheme + 3);
        const qsizetype host = file.indexOf('/');
        file = host < 0 ? file : file.sliced(host);
    }
    if (file.size() > 2 && file[1] == ':' && (file[2] == '\\' || file[2] == '/'))
        file = file.sliced(2);
    return file;
}

/// What a bundler puts into a name, or makes it of: a number, eight digits or more in hexadecimal with one decimal
/// digit at least; behind other words also capitals, digits and small letters in a mix.
bool isHash(QByteArrayView part, bool isFirst)
{
    bool hasDigit = false;
    bool hasCapital = false;
    bool isHexadecimal = true;
    for (const char c : part) {
        const bool isCapital = c >= 'A' && c <= 'Z';
        if (!isDigit(c) && !isCapital && !(c >= 'a' && c <= 'z'))
            return false;
        hasDigit = hasDigit || isDigit(c);
        hasCapital = hasCapital || isCapital;
        isHexadecimal = isHexadecimal && (isDigit(c) || (c >= 'a' && c <= 'f'));
    }
    return isDigits(part) || (part.size() >= 8 && hasDigit && (isHexadecimal || (hasCapital && !isFirst)));
}

QByteArray withoutHash(QByteArrayView name)
{
    QByteArray kept;
    bool isDropped = false;
    for (qsizetype at = 0; at <= name.size();) {
        qsizetype end = at;
        while (end < name.size() && name[end] != '.' && name[end] != '-')
            ++end;
        const QByteArrayView part = name.sliced(at, end - at);
        const bool isEnding = end == name.size();
        if (!isEnding && isHash(part, at == 0)) {
            isDropped = true;
        } else {
            if (!kept.isEmpty())
                kept += at > 0 ? name[at - 1] : '.';
            kept.append(part);
        }
        at = end + 1;
    }
    if (isDropped && !kept.contains('.')) // the hash was all of the name
        return QByteArray("<hash>.").append(kept);
    if (isDropped) { // `chunk-3f2a9c1b.js`: what joined the hash went with it
        const qsizetype ending = name.lastIndexOf('.');
        const qsizetype cut = kept.size() - (name.size() - ending);
        if (ending > 0 && cut > 0)
            return kept.first(cut).append(name.sliced(ending));
    }
    return kept;
}

/// Folders under which systems keep programs, with the program's own name behind the first kind.
qsizetype foldersOfInstall(const std::vector<QByteArrayView>& folders)
{
    if (folders.empty())
        return 0;
    return isOneOf(folders.front(),
                   {"opt", "srv", "home", "var", "usr", "Users", "users", "data", "mnt", "tmp", "builds", "github"})
               ? 2
               : 1;
}

} // namespace

FramePlace framePlace(QByteArrayView line, StackLanguage language)
{
    switch (language) {
    case StackLanguage::Java:
        break; // class and method; stackframes.cpp
    case StackLanguage::JavaScript:
        return javascript::place(line);
    case StackLanguage::DotNet:
        return dotnet::place(line);
    case StackLanguage::Python:
        return python::place(line);
    case StackLanguage::Go:
        return go::place(line);
    case StackLanguage::Ruby:
        return ruby::place(line);
    case StackLanguage::Php:
        return php::place(line);
    }
    return {};
}

QByteArray lastingFile(QByteArrayView file)
{
    file = withoutScheme(file.last(std::min(file.size(), longestPath)));
    const bool isRooted = file.startsWith('/') || file.startsWith('\\');
    std::vector<QByteArrayView> parts;
    for (qsizetype at = 0; at <= file.size();) {
        qsizetype end = at;
        while (end < file.size() && file[end] != '/' && file[end] != '\\')
            ++end;
        const QByteArrayView part = file.sliced(at, end - at);
        if (!part.isEmpty() && part != "." && part != "..")
            parts.push_back(part);
        at = end + 1;
    }
    if (parts.empty())
        return {};
    const QByteArray name = withoutHash(parts.back());
    parts.pop_back();
    if (isRooted)
        parts.erase(parts.begin(), parts.begin() + std::min<qsizetype>(foldersOfInstall(parts), std::ssize(parts)));
    if (parts.empty())
        return name;
    const QByteArrayView folder = parts.back();
    const bool isEverywhere =
        isOneOf(folder, {"app", "src", "lib", "dist", "build", "out", "bin", "code", "current", "task", "www", "html",
                         "work", "workspace", "project", "repo", "release", "server"});
    if (isEverywhere || std::any_of(folder.begin(), folder.end(), isDigit))
        return name;
    return folder.toByteArray().append('/').append(name);
}

} // namespace spillway
