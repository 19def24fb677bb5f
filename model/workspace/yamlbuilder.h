// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/workspace/issuelist.h"
#include "model/workspace/yamltree.h"

#include <QHash>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <unordered_map>

namespace spillway {

/// Turns yaml-cpp's events into our tree, keeping the limits while it goes. Its node API cannot serve: it accepts
/// duplicate keys and self-references and unfolds alias bombs when they are walked.
class YamlBuilder final : public YAML::EventHandler
{
public:
    /// Thrown through the parser to stop reading; the reason stands in the issues.
    struct Stop
    {
    };

    /// @param text  the UTF-8 text being parsed, for counting columns in characters; must outlive the builder
    YamlBuilder(const QByteArray& text, IssueList& issues);

    /// From now on a document start is one too many.
    void expectEnd() { m_expectsEnd = true; }
    [[nodiscard]] FilePlace placeOf(const YAML::Mark& mark) const;
    [[nodiscard]] YamlDocument takeDocument();

    void OnDocumentStart(const YAML::Mark& mark) override;
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override;
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value style) override;
    void OnSequenceEnd() override;
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value style) override;
    void OnMapEnd() override;

private:
    /// Keys of one map. Nearly all maps have a handful, for which a look at each costs less than a hash.
    class Keys
    {
    public:
        [[nodiscard]] const YamlNode* find(const QString& text) const; ///< nullptr: not there
        void insert(const YamlNode& key);

    private:
        static constexpr std::size_t few = 12;
        std::vector<const YamlNode*> m_few;
        QHash<QString, const YamlNode*> m_many; // holds all of them once there are more than a few
    };

    /// A sequence or map that is still open.
    struct Frame
    {
        YamlNode* node = nullptr;
        const YamlNode* key = nullptr;       // map: the key whose value comes next
        std::vector<const YamlNode*> merged; // map: what its `<<` names, in order
        Keys keys;                           // map: own keys seen so far
        bool hasMergeKey = false;
    };

    YamlNode& make(YamlNode::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor);
    void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor);
    void close();
    void place(const YamlNode& node, int line, int column);
    void takeKey(Frame& frame, const YamlNode& key, int line, int column);
    void takeMergeSource(Frame& frame, const YamlNode& value, int line, int column);
    void merge(Frame& frame);
    void spend(std::int64_t nodes, int line, int column);
    void checkTag(YamlNode& node, const std::string& tag, const char* own);

    const QByteArray& m_text;
    IssueList& m_issues;
    std::unique_ptr<std::deque<YamlNode>> m_nodes;
    std::vector<Frame> m_open;
    std::unordered_map<YAML::anchor_t, YamlNode*> m_anchors;
    const YamlNode* m_root = nullptr;
    std::int64_t m_walked = 0; // nodes so far, an alias counting what it stands for
    bool m_usesAliases = false;
    bool m_expectsEnd = false;
    // Where the last column was counted: marks only move forward, so a long line is counted once.
    mutable int m_countedLine = -1;
    mutable qsizetype m_countedTo = 0;
    mutable int m_countedColumn = 0;
};

} // namespace spillway
